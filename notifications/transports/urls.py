"""A provider's address as the environment gives it, with our own options apart from the provider's."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

EMAIL_SCHEMES = frozenset({"smtp", "smtps", "anymail"})
SMS_SCHEMES = frozenset({"http", "https"})
RATE = "rate"
LONGEST_NAME = 120


@dataclass(frozen=True)
class ProviderUrl:
    """`url` is without `rate`; `name` is what may be shown: no password, no path, no query."""

    url: str
    name: str
    rate: Decimal | None
    """Messages a second, all workers together."""


def provider_url(text: str, *, schemes: Collection[str]) -> ProviderUrl:
    """Raises ValueError with a sentence that shows no secret."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # a wrong one is found when it is asked for
    except ValueError as error:
        raise ValueError("an address cannot be read.") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"an address must begin with {' or '.join(f'{one}://' for one in sorted(schemes))}.")
    options = parse_qsl(parts.query, keep_blank_values=True)
    rates = [value for name, value in options if name == RATE]
    theirs = [option for option in options if option[0] != RATE]
    query = urlencode(theirs) if rates else parts.query
    return ProviderUrl(
        url=urlunsplit(parts._replace(query=query)),
        name=f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"[:LONGEST_NAME],
        rate=_rate(rates[-1]) if rates else None,
    )


def host_of(name: str) -> str:
    """The host in a provider's name, also of the second account there: `smtp://mail.example.no (2)`."""
    return urlsplit(name.partition(" ")[0]).hostname or ""


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise ValueError("rate must be a number of messages a second, above zero.")
    return rate
