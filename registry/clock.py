"""The clock on the wall where letters, operators and recipients are."""

from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
