"""The jobs' turns with the platform."""

import time

from notifications.jobs import defer_placing, is_placing_queued
from notifications.services.platform.follow import look_due
from notifications.services.platform.health import ask_about_long_waits
from notifications.services.platform.place import place_due

RUN_SECONDS = 20
"""As with our own delivery: then others get the worker's thread."""


def place_what_is_due() -> None:
    """Place the orders that wait, and leave what is left after a while to another job."""
    _place()


def work_with_platform() -> None:
    """Everything that is due with the platform; nothing is asked of it when nothing is."""
    _place()
    look_due(deadline=time.monotonic() + RUN_SECONDS)


def _place() -> None:
    has_more = place_due(deadline=time.monotonic() + RUN_SECONDS)
    ask_about_long_waits()
    if has_more and not is_placing_queued():
        defer_placing()
