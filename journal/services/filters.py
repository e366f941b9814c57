"""From what a subscriber writes to what events are compared with. A filter that could match nothing is refused."""

from typing import TypedDict

from journal.enums import EventSource, EventType
from journal.errors import SubscriptionRefused
from journal.requests import SubscriptionRequest
from journal.services.cloud_events import ALTERNATIVES, TYPE_PREFIX, source_url
from registry.identifiers import InvalidIdentifier, organisation_urn, parse_recipient, strip_resource_prefix
from registry.services.directory import find_resource


class Filters(TypedDict):
    resource_id: str
    subject: str
    type: str
    source: str


def filters_of(request: SubscriptionRequest) -> Filters:
    """Raises SubscriptionRefused."""
    if not request.resource:
        raise SubscriptionRefused("ResourceFilter", "Resource filter is required.")
    if request.include_subunits:
        raise SubscriptionRefused("IncludeSubunits", "Sub-units need subscriptions of their own here.")
    kind = _type(request.type) if request.type else None
    source = _source(request.source) if request.source else None
    if kind and source not in {None, kind.source}:
        wanted = f"Events of the type in typeFilter have another source: {source_url(kind.source)}."
        raise SubscriptionRefused("SourceFilter", wanted)
    return Filters(
        resource_id=strip_resource_prefix(request.resource),
        subject=_subject(request),
        type=kind or "",
        source=source or "",
    )


def check_subject(wanted: Filters) -> None:
    """All but a few types are about the sender only, whatever subject is asked for. Raises SubscriptionRefused."""
    kinds = [EventType(wanted["type"])] if wanted["type"] else list(EventType)
    kinds = [kind for kind in kinds if wanted["source"] in {"", kind.source}]
    if not wanted["subject"] or any(kind.tells_recipient for kind in kinds):
        return
    resource = find_resource(wanted["resource_id"])
    if resource is None or wanted["subject"] != organisation_urn(resource.owner_org):
        field = "TypeFilter" if wanted["type"] else "SourceFilter"
        raise SubscriptionRefused(
            field, "Such events are about the resource's owner, and your subject filter names another party."
        )


def _subject(request: SubscriptionRequest) -> str:
    named = {
        field: _party(field, text)
        for field, text in (
            ("SubjectFilter", request.subject),
            ("AlternativeSubjectFilter", _as_urn(request.alternative_subject)),
        )
        if text
    }
    if len(set(named.values())) > 1:
        raise SubscriptionRefused(
            "AlternativeSubjectFilter", "The two subject filters name different parties."
        )
    return next(iter(named.values()), "")


def _party(field: str, text: str) -> str:
    try:
        return parse_recipient(text)
    except InvalidIdentifier as error:
        message = "It must be a party, like urn:altinn:organization:identifier-no:991825827."
        raise SubscriptionRefused(field, message) from error


def _as_urn(alternative: str) -> str:
    """`/organisation/991825827` as a URN; what is of no such form as it is, to be refused."""
    for prefix, kind in {**ALTERNATIVES, "/org/": ALTERNATIVES["/organisation/"]}.items():
        if alternative.startswith(prefix):
            return f"{kind}:{alternative.removeprefix(prefix)}"
    return alternative


def _type(text: str) -> EventType:
    name = text.lower().removeprefix(TYPE_PREFIX)
    if name not in EventType.values or not text.lower().startswith(TYPE_PREFIX):
        raise SubscriptionRefused("TypeFilter", f"No event has this type. It is {TYPE_PREFIX} and a name.")
    return EventType(name)


def _source(text: str) -> EventSource:
    by_url = {source_url(source).lower(): source for source in EventSource}
    source = by_url.get(text.lower().rstrip("/"))
    if source is None:
        raise SubscriptionRefused("SourceFilter", f"No event has this source. They are: {', '.join(by_url)}.")
    return source
