"""Which providers a channel has, in order of preference."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings

from notifications.enums import Channel
from notifications.transports.anymail import AnymailTransport, options_of
from notifications.transports.base import Transport
from notifications.transports.capture import CaptureTransport
from notifications.transports.sms_gateway import SmsGatewayTransport
from notifications.transports.smtp import SmtpTransport
from notifications.transports.urls import EMAIL_SCHEMES, SMS_SCHEMES, ProviderUrl, provider_url

MAKERS: dict[str, Callable[..., Transport]] = {
    "anymail": AnymailTransport,
    "http": SmsGatewayTransport,
    "https": SmsGatewayTransport,
    "smtp": SmtpTransport,
    "smtps": SmtpTransport,
}


@dataclass(frozen=True)
class Outlet:
    """A provider as the settings have it. `rate`: messages a second, all workers together; None: no limit."""

    transport: Transport
    rate: Decimal | None = None

    @property
    def name(self) -> str:
        return self.transport.name


def outlets(channel: Channel) -> list[Outlet]:
    """Connections are made when the first message needs them. Raises ValueError for a wrong address."""
    addresses = _addresses(channel)
    if not addresses and not settings.IS_PRODUCTION:
        return [Outlet(CaptureTransport(channel))]
    names = _told_apart([address.name for address in addresses])
    return [
        Outlet(MAKERS[address.url.partition(":")[0]](address.url, name=name), address.rate)
        for address, name in zip(addresses, names, strict=True)
    ]


def outlet_names(channel: Channel) -> list[str]:
    """The names that the providers of the settings have in the database, in order of preference."""
    return [outlet.name for outlet in outlets(channel)]


def mail_service_options(service: str) -> dict[str, str]:
    """What the service's address in the settings gives anymail; nothing for one that sends no mails of ours."""
    urls = [urlsplit(address.url) for address in _addresses(Channel.EMAIL)]
    ours = (url for url in urls if (url.scheme, url.hostname) == ("anymail", service))
    return next((options_of(url.query) for url in ours), {})


def _addresses(channel: Channel) -> list[ProviderUrl]:
    if channel == Channel.EMAIL:
        return [provider_url(text, schemes=EMAIL_SCHEMES) for text in settings.EMAIL_URLS]
    return [provider_url(text, schemes=SMS_SCHEMES) for text in settings.SMS_GATEWAY_URLS]


def _told_apart(names: list[str]) -> list[str]:
    """Two accounts at one server get a number."""
    return [
        name if (before := names[:place].count(name)) == 0 else f"{name} ({before + 1})"
        for place, name in enumerate(names)
    ]
