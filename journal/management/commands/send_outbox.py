"""`manage.py send_outbox`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.enums import EventDeliveryState
from journal.errors import ReplayRefused
from journal.models import EventDelivery, EventSubscription
from journal.services.replay import one_run_at_a_time, send_again
from registry.arguments import TIME_HELP, count, moment


class Command(BaseCommand):
    help = (
        "Queues events to be sent again, under their old ids: those that failed, or with --state others. A running "
        "worker sends them, if the subscribers may still know of them. Prints how many; one run at a time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        final = [state.value for state in EventDeliveryState if state != EventDeliveryState.WAITING]
        parser.add_argument("--reason", required=True, help="Kept in the audit trail.")
        parser.add_argument("--state", choices=final, default=EventDeliveryState.FAILED.value)
        parser.add_argument("--subscription", type=int, help="Only those of this one.")
        parser.add_argument("--since", type=moment, help=f"Of events from then on: {TIME_HELP}.")
        parser.add_argument("--until", type=moment, help="Of events before then.")
        parser.add_argument("--limit", type=count, default=10_000, help="At most so many, the oldest first.")
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
        if options["subscription"] is not None:
            chosen = chosen.filter(subscription=_listening(options["subscription"]))
        chosen = chosen.told_between(options["since"], options["until"]).order_by("event")
        ids = list(chosen.values_list("pk", flat=True)[:limit])
        if dry_run:
            self.stdout.write(f"Would be sent again: {len(ids)}.")
        else:
            queued = send_again(delivery_ids=ids, operator=None, reason=reason)
            self.stdout.write(f"Queued to be sent again: {queued}.")


def _listening(pk: int) -> EventSubscription:
    """Raises CommandError: a wrong number must not look like nothing to do."""
    subscription = EventSubscription.objects.filter(pk=pk).first()
    if subscription is None:
        raise CommandError(f"There is no subscription {pk}.")
    if subscription.ended_at is not None:
        raise CommandError(f"Subscription {pk} has ended: nothing is sent to it any more.")
    return subscription
