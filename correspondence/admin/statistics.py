"""The page of figures: for a period and a resource that the operator chooses."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.http import urlencode

from correspondence.admin.charts import Bar, Columns, bars, columns, round_top
from correspondence.admin.filters import MOST_RESOURCES
from correspondence.services.reports.figures import Day, Figures, Period, TooManyLetters, Waits, figures_of
from registry.models import Resource

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
LONGEST_DAYS = 366
USUAL_DAYS = 30
SHORTCUTS = (7, 30, 90)
MINUTE, HOUR, DAY = 60, 3600, 86_400
UNITS = ((DAY, "days"), (HOUR, "h"), (MINUTE, "min"), (1, "s"))


def _resources() -> list[tuple[str, str]]:
    known = Resource.objects.order_by("identifier").values_list("identifier", flat=True)
    return [("", "all"), *((name, name) for name in known[:MOST_RESOURCES])]


class DayField(forms.DateField):
    """A day that the browser lets one pick, or none."""

    def __init__(self, *, label: str) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        limits = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
        super().__init__(label=label, required=False, widget=widget, validators=limits)


class PeriodForm(forms.Form):
    """Of GET; what is left out is the last thirty days of all resources."""

    first = DayField(label="From")
    last = DayField(label="To")
    resource = forms.ChoiceField(label="Resource", required=False, choices=_resources)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        last = cleaned["last"] or timezone.localdate()
        first = cleaned["first"] or last - timedelta(days=USUAL_DAYS - 1)
        if first > last:
            raise forms.ValidationError("The period must begin before it ends.")
        if (last - first).days >= LONGEST_DAYS:
            raise forms.ValidationError(f"The period can have at most {LONGEST_DAYS} days.")
        return cleaned | {"first": first, "last": last}


@dataclass(frozen=True, kw_only=True)
class WaitPanel:
    title: str
    note: str
    bars: list[Bar]
    percentiles: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class StatisticsPage:
    figures: Figures
    letters: Columns
    missing: Columns
    missing_share: float
    resources: list[Bar]
    waits: list[WaitPanel]


def statistics_context(query: Any) -> dict[str, Any]:
    """The form, and the figures unless something is wrong with the period."""
    form = PeriodForm(query)
    context: dict[str, Any] = {"form": form, "shortcuts": _shortcuts(query), "page": None}
    if not form.is_valid():
        return context
    chosen = form.cleaned_data
    period = Period(first=chosen["first"], last=chosen["last"], resource_id=chosen["resource"])
    shown = PeriodForm({"first": period.first, "last": period.last, "resource": period.resource_id})
    context |= {"form": shown, "period": period}
    try:
        context["page"] = _page(figures_of(period))
    except TooManyLetters:
        context["too_many"] = True
    return context


def _page(figures: Figures) -> StatisticsPage:
    days, published = figures.days, sum(day.published for day in figures.days)
    top = round_top(max(day.letters for day in days))
    share = figures.missing / figures.notified if figures.notified else 0
    return StatisticsPage(
        figures=figures,
        letters=columns(
            [(day.day, day.letters or None, _counted(day.letters, "letter")) for day in days],
            top=top,
            top_words=f"{top:,}",
        ),
        missing=columns(
            [(day.day, day.missing_share, _missing(day)) for day in days],
            top=1,
            top_words="100%",
        ),
        missing_share=100 * share,
        resources=bars(figures.resources),
        waits=[
            _panel(
                "Time to publish",
                f"From the time asked for until the letter was published: {published:,} of {figures.letters:,} letters.",
                figures.until_published,
            ),
            _panel(
                "Time to read",
                f"From publishing until it was first read: {figures.until_read.count:,} of {published:,} published letters.",
                figures.until_read,
            ),
        ],
    )


def _panel(title: str, note: str, waits: Waits) -> WaitPanel:
    return WaitPanel(
        title=title,
        note=note,
        bars=bars(waits.bands),
        percentiles=[(f"{share:.0%} within", in_words(at)) for share, at in waits.percentiles],
    )


def in_words(length: timedelta) -> str:
    """A length of time in one unit, to one decimal: 0.4 s, 12 min, 3.5 days."""
    seconds = length.total_seconds()
    size, unit = next(unit for unit in UNITS if seconds >= unit[0] or unit[0] == 1)
    return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"


def _missing(day: Day) -> str:
    return f"{day.missing} of {day.notified} without an address" if day.notified else "no notification"


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _shortcuts(query: Any) -> list[tuple[str, str]]:
    """The last so many days, of the resource that is chosen."""
    today = timezone.localdate()
    kept = {"resource": query["resource"]} if query.get("resource") else {}
    return [
        (
            f"Last {days} days",
            "?" + urlencode({"first": _before(today, days), "last": today.isoformat()} | kept),
        )
        for days in SHORTCUTS
    ]


def _before(today: date, days: int) -> str:
    return (today - timedelta(days=days - 1)).isoformat()
