"""The operations page: what needs somebody now, in a handful of counts that an index answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from correspondence.models import Correspondence
from journal.enums import FollowUpKind
from journal.models import EventSubscription, FollowUp
from notifications.enums import PENDING_STATES, Channel
from notifications.models import Delivery, Provider
from notifications.transports.registry import outlet_names
from registry.admin.base import MOST_COUNTED, list_of
from registry.admin.labels import action_word
from registry.models import AuditEntry, User

GRACE = timedelta(seconds=20)
LAST_DAY = timedelta(days=1)
WORKER_SILENCE = timedelta(seconds=60)
LATEST_ACTIONS = 6
NO_WORKER = "No worker is running: letters are accepted, but nothing is published or sent."


@dataclass(frozen=True, kw_only=True)
class Card:
    """One number, what it counts and where to see the rows."""

    title: str
    count: int
    note: str
    url: str
    tone: str

    @property
    def shown(self) -> str:
        return f"{self.count:,}" if self.count < MOST_COUNTED else f"over {MOST_COUNTED:,}"


@dataclass(frozen=True, kw_only=True)
class KindOfFollowUp:
    name: str
    count: int
    mine: int
    unassigned: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A plain sentence about this installation, maybe with the way on."""

    text: str
    tone: str = "info"
    url: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What one operator may see; None is a panel that is not theirs."""

    follow_ups: list[KindOfFollowUp] | None
    cards: list[Card]
    notices: list[Notice]
    may_find_letters: bool
    actions: list[tuple[str, AuditEntry]] | None

    @property
    def open_follow_ups(self) -> int:
        return sum(kind.count for kind in self.follow_ups or ())

    @property
    def mine(self) -> int:
        return sum(kind.mine for kind in self.follow_ups or ())


def desk_for(user: User | AnonymousUser) -> Desk | None:
    """What this operator sees on the front page, each panel by the right to see its rows; None without any."""
    follow_ups = _follow_ups(user) if sees(user, "journal.followup") else None
    cards = [card() for label, card in CARDS if sees(user, label)]
    actions = _latest_actions() if sees(user, "registry.auditentry") else None
    if follow_ups is None and not cards and actions is None:
        return None
    return Desk(
        follow_ups=follow_ups,
        cards=cards,
        notices=_notices(user),
        may_find_letters=sees(user, "correspondence.correspondence"),
        actions=actions,
    )


def sees(user: User | AnonymousUser, label: str) -> bool:
    """As in Django's admin, who may change rows may see them."""
    app, model = label.split(".")
    return user.has_perm(f"{app}.view_{model}") or user.has_perm(f"{app}.change_{model}")


def _follow_ups(user: User | AnonymousUser) -> list[KindOfFollowUp]:
    counted = FollowUp.objects.open().values("kind").order_by("kind")
    rows = counted.annotate(
        count=Count("pk"),
        mine=Count("pk", filter=Q(assigned_to=user.pk)),
        unassigned=Count("pk", filter=Q(assigned_to__isnull=True)),
    )
    return [_kind_of_follow_up({**row}) for row in rows]


def _kind_of_follow_up(row: dict[str, Any]) -> KindOfFollowUp:
    kind = row.pop("kind")
    url = list_of("journal.FollowUp", kind__exact=kind)
    return KindOfFollowUp(name=FollowUpKind(kind).label.capitalize(), url=url, **row)


def _late_letters() -> Card:
    late = _counted(Correspondence.objects.publishable(timezone.now() - GRACE))
    return Card(
        title="Letters past their time",
        count=late,
        note="due, and not published yet",
        url=list_of("correspondence.Correspondence", waiting="late"),
        tone="bad" if late else "good",
    )


def _failed_jobs() -> Card:
    failed = _counted(ProcrastinateJob.objects.filter(status="failed"))
    return Card(
        title="Failed jobs",
        count=failed,
        note="given up after all their retries",
        url=list_of("procrastinate.ProcrastinateJob", status__exact="failed"),
        tone="bad" if failed else "good",
    )


def _waiting_deliveries() -> Card:
    return Card(
        title="Deliveries on their way",
        count=_counted(Delivery.objects.filter(state__in=PENDING_STATES)),
        note="e-mails and SMS to be sent or tried again",
        url=list_of("notifications.Delivery", progress="pending"),
        tone="neutral",
    )


def _failed_deliveries() -> Card:
    """Each permanent failure has opened a follow-up, and those are indexed by time."""
    since = timezone.now() - LAST_DAY
    failures = FollowUp.objects.filter(kind=FollowUpKind.FAILED_DELIVERY, opened_at__gte=since)
    failed = _counted(failures)
    return Card(
        title="Failed deliveries",
        count=failed,
        note="in the last 24 hours",
        url=list_of("journal.FollowUp", state="all", kind__exact=FollowUpKind.FAILED_DELIVERY),
        tone="warn" if failed else "good",
    )


CARDS: list[tuple[str, Callable[[], Card]]] = [
    ("correspondence.correspondence", _late_letters),
    ("procrastinate.procrastinatejob", _failed_jobs),
    ("notifications.delivery", _waiting_deliveries),
    ("journal.followup", _failed_deliveries),
]
"""Each by what it counts and links to."""


def _notices(user: User | AnonymousUser) -> list[Notice]:
    notices = []
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - WORKER_SILENCE)
    if not alive.exists():
        notices.append(Notice(text=NO_WORKER, tone="bad"))
    if not settings.CLAMD_URL:
        notices.append(Notice(text="Files are not scanned for viruses: CLAMD_URL is not set."))
    if not settings.EMAIL_URLS and settings.IS_PRODUCTION:
        notices.append(Notice(text="EMAIL_URL is not set: no e-mail can be sent.", tone="bad"))
    elif not settings.EMAIL_URLS:
        text = "EMAIL_URL is not set: e-mail is kept here instead of sent."
        url = list_of("notifications.CapturedMessage") if sees(user, "notifications.capturedmessage") else ""
        notices.append(Notice(text=text, url=url, link="Open the demo outbox"))
    if sees(user, "notifications.provider"):
        notices += _providers_in_trouble()
    if sees(user, "journal.eventsubscription"):
        notices += _subscribers_without_events()
    return notices


def _providers_in_trouble() -> list[Notice]:
    """Their messages wait or go over another provider; a wrong password ends only when somebody mends it."""
    names = {channel: outlet_names(channel) for channel in Channel}
    return [
        Notice(
            text=f"{provider.name} takes no messages: {provider.trouble}",
            tone="bad",
            url=reverse("admin:notifications_provider_change", args=[provider.pk]),
            link="Open the provider",
        )
        for provider in Provider.objects.in_trouble(timezone.now()).order_by("channel", "pk")
        if provider.name in names[Channel(provider.channel)]
    ]


def _subscribers_without_events() -> list[Notice]:
    """One line for all: a subscriber's server is its own to mend, and operators can send again what failed."""
    if not (count := _counted(EventSubscription.objects.needing_attention())):
        return []
    return [
        Notice(
            text=f"Event subscriptions that do not get all their events: {count}.",
            tone="warn",
            url=list_of("journal.EventSubscription", state="attention"),
            link="Open them",
        )
    ]


def _latest_actions() -> list[tuple[str, AuditEntry]]:
    latest = AuditEntry.objects.select_related("operator").order_by("-at", "-pk")[:LATEST_ACTIONS]
    return [(action_word(entry.action), entry) for entry in latest]


def _counted(rows: QuerySet[Any]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()
