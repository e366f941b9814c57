"""System checks of the installation."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from notifications.enums import Channel
from notifications.transports.registry import outlets


@register
def providers_can_be_used(**_: Any) -> Sequence[CheckMessage]:
    """A mail service that anymail doesn't know, or an option that it misses, is found at the start."""
    variables = {Channel.EMAIL: "EMAIL_URL", Channel.SMS: "SMS_GATEWAY_URL"}
    return [error for channel, name in variables.items() if (error := _unusable(channel, name))]


def _unusable(channel: Channel, variable: str) -> Error | None:
    try:
        outlets(channel)
    except ValueError as error:
        return Error(f"{variable}: {error}", id="correspondence.E001")
    return None
