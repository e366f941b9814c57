"""Mail servers, mail services, SMS gateways and the national platform, and how they do."""

from django.conf import settings
from django.contrib import admin
from django.utils import timezone

from notifications.admin.labels import channel_word
from notifications.enums import Channel
from notifications.models import Provider
from notifications.models.provider import FULL_WEIGHT, PLATFORM
from notifications.transports.registry import Outlet, outlets
from registry.admin.base import DeskAdmin, ReadOnlyMixin, moment, pill


@admin.register(Provider)
class ProviderAdmin(ReadOnlyMixin, DeskAdmin[Provider]):
    list_title = "Providers"
    list_help = (
        "Who takes our e-mails and SMS, in the settings' order of preference. One that fails 50 times in a minute or"
        " takes nothing gets no messages for a minute; then it is tried again and gets its share back step by step."
        " The national platform, where one is set, is down from a call that fails to one that is answered."
    )
    empty_help = "A provider is listed when its first message is sent."
    list_display = ["name", "medium", "preference", "health", "share", "limit", "trouble_at"]
    list_filter = ["channel"]
    fields = [
        *("name", "medium", "preference", "health", "share", "limit", "trouble", "trouble_at"),
        *("paused_until", "weight_changed_at", "failures", "failures_since"),
    ]
    readonly_fields = ["medium", "preference", "health", "share", "limit"]
    ordering = ["channel", "pk"]

    @admin.display(description="channel")
    def medium(self, provider: Provider) -> str:
        return "All" if provider.channel == PLATFORM else channel_word(provider.channel)

    @admin.display(description="preference")
    def preference(self, provider: Provider) -> str:
        if provider.channel == PLATFORM:
            return "–"
        names = [outlet.name for outlet in outlets(Channel(provider.channel))]
        return str(names.index(provider.name) + 1) if provider.name in names else "–"

    @admin.display(description="health")
    def health(self, provider: Provider) -> str:
        return health_pill(provider) if _is_set(provider) else pill("Not in the settings")

    @admin.display(description="share")
    def share(self, provider: Provider) -> str:
        return f"{provider.weight} %"

    @admin.display(description="limit")
    def limit(self, provider: Provider) -> str:
        outlet = _outlet(provider)
        return f"{outlet.rate} a second" if outlet and outlet.rate else "–"


def health_pill(provider: Provider) -> str:
    paused = provider.paused_until and provider.paused_until > timezone.now()
    if provider.weight == 0:
        return pill(f"Down until {moment(provider.paused_until)}" if paused else "Down, to be tried", "bad")
    if paused:
        return pill(f"Pauses until {moment(provider.paused_until)}", "warn")
    return pill("Works", "good") if provider.weight == FULL_WEIGHT else pill("Recovers", "warn")


def _is_set(provider: Provider) -> bool:
    if provider.channel == PLATFORM:
        return bool(settings.NOTIFICATION_PLATFORM_URL)
    return _outlet(provider) is not None


def _outlet(provider: Provider) -> Outlet | None:
    """As the settings have it now; None when it is no longer there, and for the national platform."""
    if provider.channel == PLATFORM:
        return None
    found = [outlet for outlet in outlets(Channel(provider.channel)) if outlet.name == provider.name]
    return found[0] if found else None
