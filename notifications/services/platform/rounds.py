"""What is due with the platform is worked off one by one, with no transaction open while the platform is called."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import models

from notifications.transports.notification_platform import NotificationPlatform, notification_platform
from registry.neighbours import NeighbourDown, NeighbourFailed

Row = TypeVar("Row", bound=models.Model)

log = structlog.get_logger()


def work_off(
    *,
    claim: Callable[[], Row | None],
    work: Callable[[NotificationPlatform, Row], None],
    failed: Callable[[Row], None],
    deadline: float,
) -> bool:
    """Until nothing is due, the platform takes nothing, or the deadline (monotonic) is over; True then.

    A claim moves a row's next turn away, so any number of jobs may run, and a killed one leaves it to a later turn.
    """
    with notification_platform() as platform:
        while time.monotonic() < deadline:
            row = claim()
            if row is None:
                return False
            try:
                work(platform, row)
            except NeighbourDown as error:
                log.warning("notification_platform_down", error=str(error))
                failed(row)
                return False
            except NeighbourFailed as error:
                log.warning("notification_platform_failed", row=str(row.pk), error=str(error))
                failed(row)
            except Exception:  # what breaks our code must not keep the others waiting
                log.exception("notification_platform_work_broke", row=str(row.pk))
                failed(row)
    return True
