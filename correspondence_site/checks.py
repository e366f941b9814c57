"""System checks of the installation."""

from collections.abc import Sequence
from typing import Any

from anymail.exceptions import AnymailConfigurationError
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from correspondence_site.operations.mail_service_events import event_reader
from notifications.enums import Channel
from notifications.report_providers import ReportProvider
from notifications.transports.registry import outlets


@register
def providers_can_be_used(**_: Any) -> Sequence[CheckMessage]:
    """A mail service that anymail doesn't know, or an option that it misses, is found at the start."""
    variables = {Channel.EMAIL: "EMAIL_URL", Channel.SMS: "SMS_GATEWAY_URL"}
    return [error for channel, name in variables.items() if (error := _unusable(channel, name))]


@register
def report_services_are_known(**_: Any) -> Sequence[CheckMessage]:
    """What is wrong with a mail service's entry is found at the start, and not by its first event."""
    return [
        error
        for credential in settings.REPORT_PROVIDERS
        if credential.service and (error := _unknown(credential))
    ]


def _unknown(credential: ReportProvider) -> Error | None:
    try:
        event_reader(credential)
    except (ValueError, AnymailConfigurationError) as error:
        return Error(f"DELIVERY_REPORTS: {error}.", id="correspondence.E002")
    return None


def _unusable(channel: Channel, variable: str) -> Error | None:
    try:
        outlets(channel)
    except ValueError as error:
        return Error(f"{variable}: {error}", id="correspondence.E001")
    return None
