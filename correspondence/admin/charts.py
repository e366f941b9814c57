"""Plots as SVG, drawn here: no script, no style in the page, nothing fetched. The numbers stand beside each plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

HEIGHT = 100
STEP = 10
"""The template draws a bar of 8 in each."""
NICE = (1, 2, 5, 10)


@dataclass(frozen=True, kw_only=True)
class Column:
    x: float
    y: float
    height: float
    has_foot: bool
    """A mark on the base line, which shows where the bar is too short to be seen: there was something to draw."""
    words: str


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A column for each day; they are as wide as the page lets them be."""

    columns: list[Column]
    width: int
    top: str
    """What the upper edge stands for."""
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A row of a table with a bar in it."""

    name: str
    count: int
    share: float
    width: float


def columns(days: Sequence[tuple[date, float | None, str]], *, top: float, top_words: str) -> Columns:
    """Of a day, a value and what it says in words. Nothing is drawn for None, and a mark for 0."""
    bars = []
    for n, (day, value, words) in enumerate(days):
        height = round(HEIGHT * (value or 0) / top, 2) if top else 0
        text = f"{date_format(day, 'j M Y')}: {words}"
        x, y = n * STEP + 1, HEIGHT - height
        bars.append(Column(x=x, y=y, height=height, has_foot=value is not None, words=text))
    return Columns(
        columns=bars,
        width=len(bars) * STEP,
        top=top_words,
        first=date_format(days[0][0], "j M Y"),
        last=date_format(days[-1][0], "j M Y"),
    )


def bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """The longest is as long as the column of the table."""
    most, whole = max((count for _, count in counts), default=0), sum(count for _, count in counts)
    return [
        Bar(
            name=name,
            count=count,
            share=100 * count / whole if whole else 0,
            width=round(100 * count / most, 2) if most else 0,
        )
        for name, count in counts
    ]


def round_top(most: int) -> int:
    """The next round number: 1, 2, 5, 10, 20 …"""
    power = int(10 ** (len(str(most)) - 1))
    return next(step * power for step in NICE if step * power >= most)
