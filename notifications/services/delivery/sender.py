"""One job's way through a chunk of messages: which is next, over whom, and when to stop."""

import time
from collections import deque
from datetime import datetime

from django.utils import timezone

from notifications.enums import Channel
from notifications.models import Attempt
from notifications.services.delivery.attempts import Outcome, close_and_open, postpone
from notifications.services.delivery.hand_over import Waiting, hand_over
from notifications.services.delivery.outlets import OpenOutlet, Outlets
from notifications.services.delivery.window import first_moment
from notifications.simulation import simulation_of


class _Stop(Exception):
    """No more messages now; those in line wait `until` then, or for the next job."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__()
        self.until = until


def _is_for_real(waiting: Waiting) -> bool:
    """What the simulator takes goes first, so that it is not postponed with what waits for a provider."""
    return simulation_of(waiting.delivery.address) is None


class Sender:
    def __init__(self, outlets: Outlets, *, channel: Channel, job_id: int, deadline: float) -> None:
        self.outlets, self.channel, self.job_id, self.deadline = outlets, channel, job_id, deadline
        self.stopped = False
        self.ended: Outcome | None = None
        """The attempt that has ended and is not closed in the database yet."""

    def send_all(self, messages: list[Waiting]) -> None:
        line = deque(sorted(messages, key=_is_for_real))
        try:
            while line:
                self._send_first(line)
        except _Stop as stop:
            self.stopped = True
            self._close_and_open(None)
            if stop.until:
                postpone([waiting.delivery for waiting in line], until=stop.until)
        self._close_and_open(None)

    def _send_first(self, line: deque[Waiting]) -> None:
        """What fails for the first time, or over a provider that is down, stays first in line."""
        waiting = line[0]
        outlet = self._outlet(waiting, len(line))
        waiting.tries += 1
        attempt = Attempt(
            delivery=waiting.delivery, number=waiting.tries, provider=outlet.name, opened_at=timezone.now()
        )
        again = None
        if self._close_and_open(attempt):
            self.ended = hand_over(waiting, attempt, outlet, providers=self.outlets.names)
            again = self.ended.next_attempt_at
        if again is None or again > timezone.now():
            line.popleft()

    def _outlet(self, waiting: Waiting, in_line: int) -> OpenOutlet:
        """Who takes the next message, as soon as it may have it. Raises _Stop when that is nobody."""
        now = timezone.now()
        if (opens := first_moment(self.channel, now)) > now:
            raise _Stop(until=opens)
        if time.monotonic() > self.deadline:
            raise _Stop
        outlet = self.outlets.choose(waiting.delivery.address, other_than=waiting.last, unable=waiting.unable)
        if outlet is None:
            raise _Stop(until=self.outlets.ready_again_at())
        seconds = outlet.seconds_to_wait(waiting=in_line, patience=self.deadline - time.monotonic())
        if seconds is None:
            raise _Stop(until=outlet.health.free_at)
        if seconds:
            self._close_and_open(None)  # an attempt that waits is not in flight
            time.sleep(seconds)
        return outlet

    def _close_and_open(self, attempt: Attempt | None) -> bool:
        ended, self.ended = self.ended, None
        return close_and_open(ended, attempt, job_id=self.job_id) if ended or attempt else False
