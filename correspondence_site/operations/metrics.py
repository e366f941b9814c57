"""`/metrics` in Prometheus' text form: what waits, and what needs a person. Counted by indexed queries."""

import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from correspondence.models import Correspondence
from correspondence_site.answers import empty, only
from journal.models import EventDelivery, FollowUp
from journal.services.events import retry_time
from notifications.enums import PENDING_STATES
from notifications.models import Delivery, Order, Provider


@only("GET")
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN and settings.IS_PRODUCTION:
        return empty(404)
    if settings.METRICS_TOKEN and not _is_authorised(request):
        return empty(401, {"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_authorised(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected)


class DatabaseCollector(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _by_label(
            "correspondence_jobs", "Jobs in the queue", "status", ProcrastinateJob.objects.all(), "status"
        )
        yield _by_label(
            "correspondence_follow_ups_open", "Follow-ups that wait", "kind", FollowUp.objects.open(), "kind"
        )
        pending = Delivery.objects.filter(state__in=PENDING_STATES)
        yield _by_label(
            "correspondence_deliveries_pending", "Deliveries not final", "channel", pending, "channel"
        )
        yield _provider_weights()
        yield from _orders_to_place()
        yield from _events()
        yield GaugeMetricFamily(
            "correspondence_letters_overdue",
            "Letters past their publish time and not published",
            value=Correspondence.objects.publishable(timezone.now()).count(),
        )


def _provider_weights() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "correspondence_provider_weight", "A provider's share; 0 is down", labels=["channel", "provider"]
    )
    for channel, name, weight in Provider.objects.values_list("channel", "name", "weight"):
        family.add_metric([channel, name], weight)
    return family


def _orders_to_place() -> Iterator[GaugeMetricFamily]:
    """What the national platform has not taken, from the time when its letter was published."""
    waiting = Order.objects.to_place()
    oldest = waiting.aggregate(since=Min("notifications__released_at"))["since"]
    yield GaugeMetricFamily(
        "correspondence_platform_orders_waiting",
        "Orders that the national platform has not taken yet",
        value=waiting.count(),
    )
    yield GaugeMetricFamily(
        "correspondence_platform_oldest_order_seconds",
        "How long the oldest of them has waited",
        value=(timezone.now() - oldest).total_seconds() if oldest else 0,
    )


def _events() -> Iterator[GaugeMetricFamily]:
    """Deliveries to subscribers; one that is sent again has waited since then."""
    waiting, now = EventDelivery.objects.waiting(), timezone.now()
    gives_up = waiting.order_by("expires_at").values_list("expires_at", flat=True).first()
    waited = now - (gives_up - retry_time()) if gives_up else timedelta(0)
    yield GaugeMetricFamily(
        "correspondence_events_waiting", "Events not delivered to a subscriber yet", value=waiting.count()
    )
    yield GaugeMetricFamily(
        "correspondence_events_failed",
        "Events that a subscriber could not be given",
        value=EventDelivery.objects.failed().count(),
    )
    yield GaugeMetricFamily(
        "correspondence_events_oldest_waiting_seconds",
        "How long the oldest of them has waited; 0 when none does",
        value=waited.total_seconds(),
    )


def _by_label(name: str, text: str, label: str, rows: QuerySet[Any], field: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, count in rows.order_by().values_list(field).annotate(Count("pk")):
        family.add_metric([value], count)
    return family
