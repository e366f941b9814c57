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
from notifications.models import Delivery, Order, Provider, ReceivedReport
from notifications.models.provider import PLATFORM
from notifications.transports.registry import outlet_names
from registry.admin.base import MOST_COUNTED, list_of, moment
from registry.admin.labels import action_word
from registry.models import AuditEntry, User

GRACE = timedelta(seconds=20)
LAST_DAY = timedelta(days=1)
WORKER_SILENCE = timedelta(seconds=60)
LATEST_ACTIONS = 6
NO_EMAIL = "EMAIL_URL is not set: no e-mail can be sent."
KEPT_EMAIL = "EMAIL_URL is not set: e-mail is kept here instead of sent."
BY_PLATFORM = (
    "The national platform sends new notifications, which need no SMS_GATEWAY_URL."
    " Only forwarded letters need EMAIL_URL, which is not set"
)
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
        return shown_count(self.count)


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
    cards = [card() for label, card in _card_makers() if sees(user, label)]
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
        note="our own; the platform's show when they end"
        if settings.NOTIFICATION_PLATFORM_URL
        else "e-mails and SMS to be sent or tried again",
        url=list_of("notifications.Delivery", progress="pending"),
        tone="neutral",
    )


def _orders_to_place() -> Card:
    """The first step of what goes over the national platform: from then on it is on its way there."""
    return Card(
        title="Orders to be placed",
        count=_counted(Order.objects.to_place()),
        note="with the national platform",
        url=list_of("notifications.Order", placing="waiting"),
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


def _card_makers() -> list[tuple[str, Callable[[], Card]]]:
    if settings.NOTIFICATION_PLATFORM_URL:
        return [*CARDS[:2], ("notifications.order", _orders_to_place), *CARDS[2:]]
    return CARDS


def _notices(user: User | AnonymousUser) -> list[Notice]:
    notices = []
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - WORKER_SILENCE)
    if not alive.exists():
        notices.append(Notice(text=NO_WORKER, tone="bad"))
    if not settings.CLAMD_URL:
        notices.append(Notice(text="Files are not scanned for viruses: CLAMD_URL is not set."))
    notices += _email_notices(user)
    if sees(user, "notifications.receivedreport"):
        notices += _unreadable_reports()
    if sees(user, "notifications.provider"):
        notices += _providers_in_trouble()
    if sees(user, "journal.eventsubscription"):
        notices += _subscribers_without_events()
    return notices


def _email_notices(user: User | AnonymousUser) -> list[Notice]:
    """What happens to e-mail when nobody takes it from us."""
    if settings.EMAIL_URLS:
        return []
    by_platform = bool(settings.NOTIFICATION_PLATFORM_URL)
    if settings.IS_PRODUCTION:
        text = f"{BY_PLATFORM}: none can be sent." if by_platform else NO_EMAIL
        return [Notice(text=text, tone="warn" if by_platform else "bad")]
    text = f"{BY_PLATFORM}: they are kept here instead of sent." if by_platform else KEPT_EMAIL
    url = list_of("notifications.CapturedMessage") if sees(user, "notifications.capturedmessage") else ""
    return [Notice(text=text, url=url, link="Open the demo outbox")]


def _unreadable_reports() -> list[Notice]:
    """One for all of a day: what became of the messages that they tell of is not known here."""
    since = timezone.now() - LAST_DAY
    count = _counted(ReceivedReport.objects.exclude(problem="").filter(received_at__gte=since))
    if not count:
        return []
    reports = "1 delivery report" if count == 1 else f"{count:,} delivery reports"
    return [
        Notice(
            text=f"{reports} of the last 24 hours could not be read in full.",
            tone="bad",
            url=list_of("notifications.ReceivedReport", read="problem"),
            link="Open what came in",
        )
    ]


def _providers_in_trouble() -> list[Notice]:
    """Their messages wait or go over another provider; a wrong password ends only when somebody mends it."""
    in_trouble = Provider.objects.in_trouble(timezone.now()).order_by("channel", "pk")
    sentences = [(provider, _trouble_of(provider)) for provider in in_trouble]
    return [
        Notice(
            text=text,
            tone="bad",
            url=reverse("admin:notifications_provider_change", args=[provider.pk]),
            link="Open the provider",
        )
        for provider, text in sentences
        if text
    ]


def _trouble_of(provider: Provider) -> str:
    """Empty for one that nothing goes to any more."""
    if provider.channel == PLATFORM:
        return _trouble_of_platform(provider)
    is_set = provider.name in outlet_names(Channel(provider.channel))
    return f"{provider.name} takes no messages: {provider.trouble}" if is_set else ""


def _trouble_of_platform(provider: Provider) -> str:
    waiting = Order.objects.to_place()
    if not settings.NOTIFICATION_PLATFORM_URL and not waiting.exists():
        return ""
    count = _counted(waiting)
    orders = "1 order waits" if count == 1 else f"{shown_count(count)} orders wait"
    return (
        f"No call to the national platform has succeeded since {moment(provider.weight_changed_at)}."
        f" The last one, {moment(provider.trouble_at)}: {provider.trouble}. {orders} to be placed."
    )


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


def shown_count(count: int) -> str:
    """Counting ends where nobody looks any further."""
    return f"{count:,}" if count < MOST_COUNTED else f"over {MOST_COUNTED:,}"


def _counted(rows: QuerySet[Any]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()
