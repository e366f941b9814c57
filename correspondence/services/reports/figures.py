"""Figures of a period for operators: a few counts by the database, each bounded by the period's range of ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import OperationalError, connection, transaction
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, TruncDate
from django.utils.timezone import get_current_timezone

from correspondence.models import Correspondence
from correspondence.models.correspondence import ids_made_between
from notifications.enums import NotificationResult, OrderPurpose
from notifications.models import Notification

PATIENCE_SECONDS = 20
GIVEN_UP = "57014"
MOST_RESOURCES = 15
SHARES = (0.5, 0.9, 0.99)
UNTIL_PUBLISHED = {
    "within 1 second": timedelta(seconds=1),
    "within 5 seconds": timedelta(seconds=5),
    "within 30 seconds": timedelta(seconds=30),
    "within 5 minutes": timedelta(minutes=5),
    "within an hour": timedelta(hours=1),
    "within a day": timedelta(days=1),
}
UNTIL_READ = {
    "within an hour": timedelta(hours=1),
    "within a day": timedelta(days=1),
    "within 3 days": timedelta(days=3),
    "within 7 days": timedelta(days=7),
    "within 14 days": timedelta(days=14),
    "within 30 days": timedelta(days=30),
}
LATER = "later"


class TooManyLetters(Exception):
    """The period holds more letters than can be counted while somebody waits."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days, the last one included, by the clock of whoever asks; of one resource or of all."""

    first: date
    last: date
    resource_id: str = ""

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        zone = get_current_timezone()
        return (
            datetime.combine(self.first, time(), tzinfo=zone),
            datetime.combine(self.last + timedelta(days=1), time(), tzinfo=zone),
        )


@dataclass(frozen=True, kw_only=True)
class Day:
    day: date
    letters: int = 0
    published: int = 0
    read: int = 0
    notified: int = 0
    missing: int = 0

    @property
    def missing_share(self) -> float | None:
        """None of a day without notifications."""
        return self.missing / self.notified if self.notified else None


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How long something took: how many fell into each band, and what each of `SHARES` of all stayed below."""

    bands: list[tuple[str, int]]
    percentiles: list[tuple[float, timedelta]]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.bands)


@dataclass(frozen=True, kw_only=True)
class Figures:
    days: list[Day]
    resources: list[tuple[str, int]]
    until_published: Waits
    until_read: Waits

    @property
    def letters(self) -> int:
        return sum(day.letters for day in self.days)

    @property
    def notified(self) -> int:
        return sum(day.notified for day in self.days)

    @property
    def missing(self) -> int:
        return sum(day.missing for day in self.days)


class Percentiles(Aggregate):
    """The values that these shares of all values stay below; NULLs do not count."""

    template = f"percentile_cont(ARRAY{list(SHARES)}) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())


def figures_of(period: Period) -> Figures:
    """Raises TooManyLetters."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_SECONDS}s"])
            return Figures(
                days=_days(period),
                resources=_resources(period),
                until_published=_waits(letters_of(period), _SINCE_DUE, UNTIL_PUBLISHED),
                until_read=_waits(letters_of(period), _SINCE_PUBLISHED, UNTIL_READ),
            )
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == GIVEN_UP:
            raise TooManyLetters from error
        raise


def letters_of(period: Period) -> QuerySet[Correspondence]:
    letters = Correspondence.objects.created_between(*period.bounds)
    return letters.filter(resource_id=period.resource_id) if period.resource_id else letters


def notifications_of(period: Period) -> QuerySet[Notification]:
    """The first that was said of each letter to each party: no reminder, no resend, no forward."""
    begins, ends = period.bounds
    first, last = ids_made_between(begins, ends)
    of_letters = Notification.objects.filter(
        order__correspondence_id__gte=first,
        order__correspondence_id__lt=last,
        order__correspondence__created_at__gte=begins,
        order__correspondence__created_at__lt=ends,
        order__purpose=OrderPurpose.LETTER,
        order__repeats__isnull=True,
        is_reminder=False,
    )
    if period.resource_id:
        return of_letters.filter(order__correspondence__resource_id=period.resource_id)
    return of_letters


def _days(period: Period) -> list[Day]:
    letters = _by_day(
        letters_of(period).annotate(of_day=TruncDate("created_at")),
        letters=Count("pk"),
        published=Count("published_at"),
        read=Count("read_at"),
    )
    notifications = _by_day(
        notifications_of(period).annotate(of_day=TruncDate("order__correspondence__created_at")),
        notified=Count("pk"),
        missing=Count("pk", filter=Q(result=NotificationResult.MISSING_CONTACT)),
    )
    return [Day(day=day, **letters.get(day, {}), **notifications.get(day, {})) for day in period.days]


def _by_day(rows: QuerySet[Any], **counts: Count) -> dict[date, dict[str, int]]:
    counted = rows.order_by("of_day").values("of_day").annotate(**counts)
    return {row.pop("of_day"): row for row in counted}


def _resources(period: Period) -> list[tuple[str, int]]:
    """Those with most letters, and all others together."""
    counted = letters_of(period).values_list("resource_id").annotate(letters=Count("pk"))
    rows = list(counted.order_by("-letters", "resource_id"))
    others = sum(letters for _, letters in rows[MOST_RESOURCES:])
    return rows[:MOST_RESOURCES] + ([("all others", others)] if others else [])


_SINCE_DUE = ExpressionWrapper(
    F("published_at") - Greatest("requested_publish_time", "created_at"), output_field=DurationField()
)
_SINCE_PUBLISHED = ExpressionWrapper(F("read_at") - F("published_at"), output_field=DurationField())


def _waits(letters: QuerySet[Correspondence], wait: Combinable, bands: dict[str, timedelta]) -> Waits:
    counts = {f"band_{n}": Count("pk", filter=Q(wait__lte=limit)) for n, limit in enumerate(bands.values())}
    found = letters.annotate(wait=wait).aggregate(**counts, whole=Count("wait"), at=Percentiles("wait"))
    below = list(zip((*bands, LATER), (*(found[name] for name in counts), found["whole"]), strict=True))
    return Waits(
        bands=[
            (name, count - before)
            for (name, count), (_, before) in zip(below, [("", 0), *below], strict=False)
        ],
        percentiles=list(zip(SHARES, found["at"] or [], strict=False)),
    )
