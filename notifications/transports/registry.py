"""Which providers a channel has, in order of preference."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings

from notifications.enums import Channel
from notifications.transports.base import OutgoingMessage, Transport, TransportDown
from notifications.transports.capture import CaptureTransport
from notifications.transports.simulator import SimulatingTransport
from notifications.transports.sms_gateway import SmsGatewayTransport
from notifications.transports.smtp import SmtpTransport

log = structlog.get_logger()


class PreferredTransport:
    """The first provider that takes a message; one that is down is passed over until it is opened anew."""

    def __init__(self, providers: list[Transport]) -> None:
        self.providers = providers
        self.name = providers[0].name if providers else "none"

    def send(self, message: OutgoingMessage) -> str:
        while self.providers:
            self.name = self.providers[0].name
            try:
                return self.providers[0].send(message)
            except TransportDown as error:
                log.warning("transport_down", provider=self.name, answer=str(error))
                if len(self.providers) == 1:
                    raise
                self.providers = self.providers[1:]
        raise TransportDown("No provider is configured for this channel.")


@contextmanager
def open_transport(channel: Channel) -> Iterator[Transport]:
    """Connections are made when the first message needs them, and closed at the end."""
    if channel == Channel.EMAIL:
        providers: list[SmtpTransport | SmsGatewayTransport | CaptureTransport] = [
            SmtpTransport(url) for url in settings.EMAIL_URLS
        ]
    else:
        providers = [SmsGatewayTransport(url) for url in settings.SMS_GATEWAY_URLS]
    if not providers and not settings.IS_PRODUCTION:
        providers = [CaptureTransport(channel)]
    try:
        yield SimulatingTransport(PreferredTransport(list(providers)))
    finally:
        for provider in providers:
            provider.__exit__(None, None, None)
