"""Tokens for the asking, in the shape of Altinn's public test-token generator (access.md 3.4). Demo and test only."""

import uuid
from collections.abc import Callable, Mapping
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from correspondence_site.answers import View, empty, only
from registry.enums import Scope, TokenKind
from registry.identifiers import is_national_identity_number, is_organisation_number
from registry.models import Party, Resource, SystemUser
from registry.services.tokens import SystemUserClaims, iso6523, mint

DEFAULT_ORGANISATION = "991825827"
LONGEST_SECONDS = 86_400
LONGEST_NUMBER = 10
"""Digits: Python reads no number of more than a few thousand."""
LEVELS = {3: "idporten-loa-substantial", 4: "idporten-loa-high"}
MARK = {"actual_iss": "altinn-test-tools"}


class BadParameters(Exception):
    def __init__(self, **messages: str) -> None:
        super().__init__()
        self.messages = messages


Parameters = Mapping[str, str]


def generator(make: Callable[[Parameters], str]) -> View:
    """An endpoint that answers the bare token; parameter names count in any case; 404 in production."""

    @only("GET")
    @wraps(make)
    def view(request: HttpRequest) -> HttpResponse:
        if settings.IS_PRODUCTION:
            return empty(404)
        parameters = {name.lower(): str(request.GET[name]) for name in request.GET}
        try:
            return HttpResponse(make(parameters), content_type="text/plain; charset=utf-8")
        except BadParameters as error:
            return JsonResponse(error.messages, status=400)

    return view


@generator
def enterprise(parameters: Parameters) -> str:
    number = _organisation(parameters, "orgNo")
    scopes = _scopes(parameters, "")
    extra: dict[str, object] = {"urn:altinn:orgNumber": number, **MARK}
    orgcode = parameters.get("org") or Resource.objects.orgcode_of(number)
    if orgcode and Scope.SERVICE_OWNER in scopes:
        extra["urn:altinn:org"] = orgcode
    if client_id := parameters.get("clientid"):
        extra["client_id"] = client_id
    return mint(kind=TokenKind.ALTINN, organisation=number, scopes=scopes, ttl=_ttl(parameters), extra=extra)


@generator
def personal(parameters: Parameters) -> str:
    number = parameters.get("pid", "")
    if not is_national_identity_number(number):
        raise BadParameters(pid="A national identity number with valid control digits is required.")
    level = _number(parameters, "authLvl", default=3, most=4)
    extra: dict[str, object] = {
        "acr": LEVELS.get(level, "idporten-loa-low"),
        "consumer": iso6523(_organisation(parameters, "consumerOrgNo")),
        "urn:altinn:authenticatemethod": "NotDefined",
        **MARK,
    }
    if party := Party.objects.filter(person_number=number).first():
        extra |= {"urn:altinn:partyid": party.party_id, "urn:altinn:party:uuid": str(party.uuid)}
    scopes = _scopes(parameters, "altinn:enduser")
    return mint(
        kind=TokenKind.ALTINN, person=number, scopes=scopes, level=level, ttl=_ttl(parameters), extra=extra
    )


@generator
def system_user(parameters: Parameters) -> str:
    try:
        identity = uuid.UUID(parameters.get("systemuserid", ""))
    except ValueError as error:
        raise BadParameters(systemUserId="A UUID is required.") from error
    known = SystemUser.objects.filter(uuid=identity).first()
    claims = SystemUserClaims(
        uuid=identity,
        organisation=_organisation(parameters, "systemUserOrg"),
        system_id=known.system_id if known else "",
    )
    return mint(
        kind=TokenKind.ALTINN,
        organisation=_organisation(parameters, "orgNo"),
        system_user=claims,
        scopes=_scopes(parameters, "altinn:enduser"),
        ttl=_ttl(parameters),
        extra=dict(MARK),
    )


def _organisation(parameters: Parameters, name: str) -> str:
    number = parameters.get(name.lower(), DEFAULT_ORGANISATION)
    if not is_organisation_number(number):
        raise BadParameters(**{name: "Nine digits are required."})
    return number


def _scopes(parameters: Parameters, default: str) -> list[str]:
    return parameters.get("scopes", default).replace(",", " ").split()


def _ttl(parameters: Parameters) -> int:
    return _number(parameters, "ttl", default=1800, most=LONGEST_SECONDS)


def _number(parameters: Parameters, name: str, *, default: int, most: int) -> int:
    text = parameters.get(name.lower(), str(default))
    if not text.isdecimal() or len(text) > LONGEST_NUMBER or int(text) > most:
        raise BadParameters(**{name: f"A whole number up to {most} is required."})
    return int(text)
