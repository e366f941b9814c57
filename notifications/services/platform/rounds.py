"""What is due with the platform is worked off one by one, with no transaction open while the platform is called."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import models

from notifications.services.platform.health import note_answer, note_trouble
from notifications.transports.notification_platform import NotificationPlatform, notification_platform
from registry.neighbours import NeighbourDown, NeighbourFailed

Row = TypeVar("Row", bound=models.Model)

OUR_ERROR = "an error of ours, see the log"

log = structlog.get_logger()


def work_off(
    *,
    claim: Callable[[], Row | None],
    work: Callable[[NotificationPlatform, Row], None],
    failed: Callable[[Row, str], None],
    deadline: float,
) -> bool:
    """Until nothing is due, the platform takes nothing, or the deadline (monotonic) is over; True then.

    A claim moves a row's next turn away, so any number of jobs may run, and a killed one leaves it to a later turn.
    Operators see what came of each call; `failed` is told why.
    """
    with notification_platform() as platform:
        while time.monotonic() < deadline:
            row = claim()
            if row is None:
                return False
            answers = platform.answers
            try:
                work(platform, row)
            except NeighbourFailed as error:
                _note_failure(row, error)
                failed(row, str(error))
                if isinstance(error, NeighbourDown):
                    return False
            except Exception:  # what breaks our code must not keep the others waiting
                log.exception("notification_platform_work_broke", row=str(row.pk))
                failed(row, OUR_ERROR)
            else:
                if platform.answers > answers:
                    note_answer()
    return True


def _note_failure(row: models.Model, error: NeighbourFailed) -> None:
    if isinstance(error, NeighbourDown):
        log.warning("notification_platform_down", error=str(error))
    else:
        log.warning("notification_platform_failed", row=str(row.pk), error=str(error))
    note_trouble(str(error))
