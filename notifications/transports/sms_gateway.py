"""SMS over an HTTP gateway: one POST of JSON each (operator-interface.md)."""

import re
from http import HTTPStatus

import requests
from django.conf import settings

from notifications.enums import DeliveryState
from notifications.transports import http
from notifications.transports.base import DeliveryError, OutgoingMessage, PermanentDeliveryError, Receipt

ABOUT_THE_NUMBER = re.compile(r"\b(to|recipient|receiver|rcv|number|msisdn|phone|mobile)\b", re.IGNORECASE)
ABOUT_THE_REQUEST = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
LONGEST_REFERENCE = 255


class SmsGatewayTransport:
    def __init__(self, url: str, *, name: str) -> None:
        self.url, self.name = url, name
        self.session: requests.Session | None = None

    def send(self, message: OutgoingMessage) -> Receipt:
        """`reference` is the same on every attempt."""
        self.session = self.session or requests.Session()
        try:
            answer = self.session.post(
                self.url,
                json=_body(message),
                headers=_headers(),
                timeout=http.TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise http.no_answer(error) from error
        text = f"{answer.status_code} {answer.text[: http.SHOWN]}"
        if http.is_success(answer.status_code):
            return Receipt(answer=text, reference=_id_in(answer))
        raise http.not_about_the_message(answer.status_code, text, answer.headers) or _refusal(
            answer, text, message
        )

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None


def _body(message: OutgoingMessage) -> dict[str, str]:
    return {
        "to": message.recipient,
        "from": settings.SMS_FROM,
        "body": message.body,
        "reference": message.message_id,
    }


def _headers() -> dict[str, str]:
    token = settings.SMS_GATEWAY_TOKEN
    return {"Authorization": f"Bearer {token}"} if token else {}


def _id_in(answer: requests.Response) -> str:
    """What the gateway calls the message; an answer without it is still an acceptance."""
    try:
        found = answer.json()
    except ValueError:
        return ""
    return str(found.get("id") or "")[:LONGEST_REFERENCE] if isinstance(found, dict) else ""


def _refusal(answer: requests.Response, text: str, message: OutgoingMessage) -> DeliveryError:
    """A refusal without a word is about the number too: nothing else differs much between messages."""
    words = answer.text.strip()
    named = message.recipient.lstrip("+") in words or ABOUT_THE_NUMBER.search(words)
    wordless = not words and answer.status_code in ABOUT_THE_REQUEST
    if named or wordless:
        return PermanentDeliveryError(text, DeliveryState.SMS_FAILED_INVALID_RECIPIENT)
    return PermanentDeliveryError(text, DeliveryState.SMS_FAILED)
