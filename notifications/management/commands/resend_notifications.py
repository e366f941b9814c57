"""`manage.py resend_notifications`: for many at once, after an outage say."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone, is_naive

from notifications.models import Order
from notifications.services.resend import resend_orders
from registry.models import User


class Command(BaseCommand):
    help = (
        "Sends notifications again: those of orders or letters named by id, or all that reached nobody since a time. "
        "Prints a line for each; exit status 1 when one was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--order", type=UUID, nargs="+", metavar="ID", help="These orders.")
        what.add_argument(
            "--correspondence", type=UUID, nargs="+", metavar="ID", help="All orders of these letters."
        )
        what.add_argument(
            "--unreached-since",
            type=moment,
            metavar="TIME",
            help="Orders that ended since then, nobody reached.",
        )
        parser.add_argument("--resource", default="", help="Only for letters of this resource.")
        parser.add_argument("--operator", required=True, help="Whose name stands in the audit trail.")
        parser.add_argument("--reason", required=True, help="Why; kept with each letter.")
        parser.add_argument(
            "--forced", action="store_true", help="Also who is reserved or has read; supervisors."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only name the orders.")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        operator = User.objects.filter(username=options["operator"]).first()
        if operator is None or not operator.has_perm("notifications.resend_order"):
            raise CommandError(f"{options['operator']} is nobody who may send notifications again.")
        orders = list(_chosen(options))
        if options["dry_run"]:
            for order in orders:
                self.stdout.write(f"{order.pk}: letter {order.correspondence_id}")
            return
        outcome = resend_orders(
            orders=orders, operator=operator, reason=options["reason"], forced=options["forced"]
        )
        for repeated in outcome.repeated:
            self.stdout.write(f"{repeated.repeats_id}: sent again as {repeated.pk}")
        for order_id, why in outcome.refused.items():
            self.stdout.write(f"{order_id}: {why}")
        self.stdout.write(f"{len(outcome.repeated)} sent again, {len(outcome.refused)} refused.")
        if outcome.refused:
            raise CommandError("Not all were sent again.")


def moment(text: str) -> datetime:
    parsed = parse_datetime(text)
    if parsed is None:
        raise ValueError(text)
    return parsed.replace(tzinfo=get_current_timezone()) if is_naive(parsed) else parsed


def _chosen(options: dict[str, Any]) -> Any:
    originals = Order.objects.filter(repeats__isnull=True).select_related("text").order_by("pk")
    if options["resource"]:
        originals = originals.filter(correspondence__resource_id=options["resource"])
    if options["order"]:
        return originals.filter(pk__in=options["order"])
    if options["correspondence"]:
        return originals.filter(correspondence__in=options["correspondence"])
    return originals.unreached().filter(finished_at__gte=options["unreached_since"])
