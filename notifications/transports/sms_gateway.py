"""SMS over an HTTP gateway: one POST of JSON each (operator-interface.md)."""

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests
from django.conf import settings

from notifications.enums import DeliveryState
from notifications.transports.base import (
    OutgoingMessage,
    PermanentDeliveryError,
    TemporaryDeliveryError,
    TransportBusy,
    TransportDown,
)

TIMEOUT_SECONDS = 10
ABOUT_THE_NUMBER = {400, 422}
MISCONFIGURED = {401, 403, 404, 405}
TIMED_OUT, TOO_MANY = 408, 429
FIRST_SUCCESS, FIRST_REDIRECT, FIRST_REFUSAL, FIRST_SERVER_ERROR = 200, 300, 400, 500


class SmsGatewayTransport:
    def __init__(self, url: str) -> None:
        self.url = url
        self.name = f"{urlsplit(url).scheme}://{urlsplit(url).hostname}"
        self.session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.session.close()

    def send(self, message: OutgoingMessage) -> str:
        """`reference` is the same on every attempt."""
        body = {
            "to": message.recipient,
            "from": settings.SMS_FROM,
            "body": message.body,
            "reference": message.message_id,
        }
        headers = (
            {"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"} if settings.SMS_GATEWAY_TOKEN else {}
        )
        try:
            answer = self.session.post(
                self.url, json=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.ConnectionError as error:
            raise TransportDown(f"{type(error).__name__}") from error
        except requests.RequestException as error:
            raise TemporaryDeliveryError(f"{type(error).__name__}") from error
        return _taken(answer)


def _taken(answer: requests.Response) -> str:
    """A redirect would turn the POST into a GET, so it is a wrong address like a 404."""
    text, status = f"{answer.status_code} {answer.text[:500]}", answer.status_code
    if FIRST_SUCCESS <= status < FIRST_REDIRECT:
        return text
    if status < FIRST_REFUSAL or status in MISCONFIGURED:
        raise TransportDown(text)
    if status == TOO_MANY:
        raise TransportBusy(text)
    if status == TIMED_OUT or status >= FIRST_SERVER_ERROR:
        raise TemporaryDeliveryError(text)
    if status in ABOUT_THE_NUMBER:
        raise PermanentDeliveryError(text, DeliveryState.SMS_FAILED_INVALID_RECIPIENT)
    raise PermanentDeliveryError(text, DeliveryState.SMS_FAILED)
