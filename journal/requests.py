"""What subscribers ask for, read and not judged yet."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SubscriptionRequest:
    """The members of the request; empty ones are absent."""

    endpoint: str
    resource: str = ""
    subject: str = ""
    alternative_subject: str = ""
    type: str = ""
    source: str = ""
    include_subunits: bool = False
