"""`manage.py send_outbox`."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.enums import EventDeliveryState
from journal.errors import ReplayRefused
from journal.models import EventDelivery
from journal.services.replay import one_run_at_a_time, send_again


class Command(BaseCommand):
    help = (
        "Sends events again, under their old ids: those that failed, or with --state others. A running worker "
        "delivers them. Prints how many; one run at a time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        final = [state.value for state in EventDeliveryState if state != EventDeliveryState.WAITING]
        parser.add_argument("--reason", required=True, help="Kept in the audit trail.")
        parser.add_argument("--state", choices=final, default=EventDeliveryState.FAILED.value)
        parser.add_argument("--subscription", type=int, help="Only those of this one.")
        parser.add_argument("--since", type=_moment, help="Of events from then on: 2026-11-25T08:00+01:00.")
        parser.add_argument("--until", type=_moment, help="Of events before then.")
        parser.add_argument("--limit", type=int, default=10_000, help="At most so many, the oldest first.")
        parser.add_argument("--dry-run", action="store_true", help="Only count them.")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        try:
            with one_run_at_a_time():
                self._send(**options)
        except ReplayRefused as refused:
            raise CommandError(str(refused)) from refused

    def _send(self, *, reason: str, limit: int, dry_run: bool, **options: Any) -> None:
        chosen = EventDelivery.objects.filter(state=options["state"], subscription__ended_at__isnull=True)
        if options["subscription"]:
            chosen = chosen.filter(subscription=options["subscription"])
        chosen = chosen.told_between(options["since"], options["until"]).order_by("event")
        ids = list(chosen.values_list("pk", flat=True)[:limit])
        if dry_run:
            self.stdout.write(f"Would be sent again: {len(ids)}.")
        else:
            count = send_again(delivery_ids=ids, operator=None, reason=reason)
            self.stdout.write(f"Sent again: {count}.")


def _moment(text: str) -> datetime:
    """UTC without an offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
