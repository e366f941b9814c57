"""`manage.py resend_notifications`: one order with another address, or many at once, after an outage say."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from notifications.enums import OrderPurpose
from notifications.errors import ResendRefused
from notifications.models import Order, OrderQuerySet
from notifications.services.resend import MAY_RESEND, ResendOutcome, resend_orders
from registry.arguments import TIME_HELP, count, moment
from registry.database import only_one
from registry.models import User

CHUNK = 500


class Command(BaseCommand):
    help = (
        "Sends notifications again: those of orders or of letters named by id, or all that reached nobody since a time "
        "and whose letters wait unread. Prints a line for each and counts them. Exit status 1 when one was not sent "
        "again, or nothing was because the request cannot be met; 2 for arguments that are not understood."
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
            help=f"Orders that ended since then, nobody reached: {TIME_HELP}.",
        )
        parser.add_argument("--resource", metavar="ID", help="Only orders of letters of this resource.")
        parser.add_argument("--limit", type=count, metavar="N", help="At most so many, the oldest first.")
        parser.add_argument("--operator", required=True, metavar="NAME", help="Whose login stands for it.")
        parser.add_argument(
            "--reason", required=True, help="Why: kept with each order and in the audit trail."
        )
        parser.add_argument(
            "--address",
            default="",
            help="For a single --order: an e-mail address or +47… instead of its own.",
        )
        parser.add_argument(
            "--forced",
            action="store_true",
            help="Also to somebody who is reserved or has read the letter; the operator must be a supervisor.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        operator, order_ids, left = _operator(options["operator"]), _chosen(options), 0
        with only_one("resend_notifications") as is_alone:
            if not is_alone:
                raise CommandError("Another resend_notifications is at work. Try again when it has ended.")
            for start in range(0, len(order_ids), CHUNK):
                outcome = _resend(order_ids[start : start + CHUNK], operator, options)
                self._tell(outcome, is_dry=options["dry_run"])
                left += len(outcome.refused)
        done = "would be sent again" if options["dry_run"] else "sent again"
        self.stdout.write(f"{len(order_ids) - left} {done}, {left} refused.")
        if left:
            raise CommandError("Not all of them: the lines above say why.")

    def _tell(self, outcome: ResendOutcome, *, is_dry: bool) -> None:
        for repeated in outcome.repeated:
            done = "would be sent again" if is_dry else f"sent again as {repeated.pk}"
            self.stdout.write(f"{repeated.repeats_id}: {done}")
        for order_id, why in outcome.refused.items():
            self.stdout.write(f"{order_id}: refused. {why}")


def _operator(name: str) -> User:
    operator = User.objects.filter(username=name).first()
    if operator is None or not operator.has_perm(MAY_RESEND):
        raise CommandError(f"“{name}” is nobody who may send notifications again.")
    return operator


def _chosen(options: dict[str, Any]) -> list[UUID]:
    """The orders that are repeated, oldest first."""
    orders = Order.objects.all()
    if options["resource"]:
        orders = orders.filter(correspondence__resource_id=options["resource"])
    found = (
        orders.unreached(options["unreached_since"])
        if options["unreached_since"]
        else _named(orders, options)
    )
    return list(found.firsts().order_by("pk").values_list("pk", flat=True)[: options["limit"]])


def _named(orders: OrderQuerySet, options: dict[str, Any]) -> OrderQuerySet:
    """Those of the ids. Raises CommandError when one of them is unknown, before anything is sent."""
    what, column = ("order", "pk") if options["order"] else ("correspondence", "correspondence_id")
    ids = set(options[what])
    found = orders.filter(**{f"{column}__in": ids})
    if what == "correspondence":
        found = found.exclude(purpose=OrderPurpose.FORWARD)  # its recipient's mails, not the sender's
    if unknown := ids - set(found.values_list(column, flat=True)):
        names = {"order": "order", "correspondence": "letter with a notification"}
        where = f" of the resource {options['resource']}" if options["resource"] else ""
        raise CommandError(f"No {names[what]}{where}: {', '.join(sorted(map(str, unknown)))}")
    return found


def _resend(order_ids: list[UUID], operator: User, options: dict[str, Any]) -> ResendOutcome:
    wish = {name: options[name] for name in ("reason", "address", "forced")}
    kept: AbstractContextManager[None] = _undone() if options["dry_run"] else nullcontext()
    try:
        with kept:
            return resend_orders(order_ids=order_ids, operator=operator, **wish)
    except ResendRefused as refused:
        raise CommandError(str(refused)) from refused


@contextmanager
def _undone() -> Iterator[None]:
    """The same as without, checked by the same code, and then nothing of it has happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
