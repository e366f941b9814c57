"""Filters of the list of letters."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from correspondence.admin.labels import WORDS
from correspondence.enums import CorrespondenceStatus
from correspondence.models import Correspondence, Message
from journal.models import FollowUp
from registry.ids import first_id_at
from registry.models import Resource

GRACE = timedelta(seconds=20)
MOST_RESOURCES = 200
PERIODS = {"day": ("Last 24 hours", 1), "week": ("Last 7 days", 7), "month": ("Last 30 days", 30)}


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [
            (str(status.value), words)
            for status, (words, _) in WORDS.items()
            if status != CorrespondenceStatus.FETCHED
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Correspondence]) -> QuerySet[Correspondence]:
        chosen = {str(status.value): status for status in WORDS}.get(str(self.value()))
        return queryset if chosen is None else queryset.filter(status=chosen)


class ResourceFilter(admin.SimpleListFilter):
    """Offers the registry's rows, never the letters' distinct values (design.md point 16)."""

    title = "resource"
    parameter_name = "resource"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        known = Resource.objects.order_by("identifier").values_list("identifier", flat=True)
        return [(identifier, identifier) for identifier in known[:MOST_RESOURCES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Correspondence]) -> QuerySet[Correspondence]:
        return queryset.filter(resource_id=self.value()) if self.value() else queryset


class AttentionFilter(admin.SimpleListFilter):
    title = "attention"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [
            ("follow-up", "Has an open follow-up"),
            ("late", "Past its publish time"),
            ("due", "Unread, due within a week"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Correspondence]) -> QuerySet[Correspondence]:
        match self.value():
            case "follow-up":
                open_ones = FollowUp.objects.open().filter(correspondence__isnull=False)
                return queryset.filter(pk__in=open_ones.values("correspondence"))
            case "late":
                late = Correspondence.objects.publishable(timezone.now() - GRACE)
                return queryset.filter(pk__in=late.values("pk"))
            case "due":
                now = timezone.now()
                due = Message.objects.filter(
                    due_date_seen_at__isnull=True, due_date_time__range=(now, now + timedelta(days=7))
                )
                unread = Correspondence.objects.available().filter(message__in=due, read_at__isnull=True)
                return queryset.filter(pk__in=unread.values("pk"))
        return queryset


class PeriodFilter(admin.SimpleListFilter):
    """A letter's id sorts by the time it was made, so the primary key answers."""

    title = "created"
    parameter_name = "created"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in PERIODS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Correspondence]) -> QuerySet[Correspondence]:
        if self.value() not in PERIODS:
            return queryset
        _, days = PERIODS[str(self.value())]
        return queryset.filter(pk__gte=first_id_at(timezone.now() - timedelta(days=days)))
