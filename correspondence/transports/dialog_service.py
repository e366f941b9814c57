"""The national dialog service over HTTP: the service owner's side of its API, `…/serviceowner/dialogs`."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from registry.neighbours import FIRST_REFUSAL, NeighbourFailed, call

SHOWN_OF_AN_ANSWER = 300
RESOURCE_PREFIX = "urn:altinn:resource:"
SILENTLY = "?isSilentUpdate=true"
"""A letter that was told of is no news of the dialog: it stays where it is in the inbox, and no event is made."""
Json = dict[str, Any] | list[Any] | None
NOT_OURS, GONE = 403, (404, 410)
CONFLICT, CHANGED_MEANWHILE, AGAINST_A_RULE = 409, 412, 422
PERHAPS_THERE = (CONFLICT, AGAINST_A_RULE)
"""How the service answers a second creation; which of the two has changed between its versions."""


class DialogRefused(Exception):
    """The service will not take this as it is; the text is its own answer, for operators and not for logs."""


@dataclass(frozen=True, kw_only=True)
class FoundDialog:
    """What the checks need; a dialog that the service keeps from us shows nothing."""

    resource_id: str = ""
    owner_code: str = ""
    party_urn: str = ""


class DialogService:
    """Each call raises NeighbourDown or NeighbourFailed."""

    def __init__(self, session: requests.Session) -> None:
        self.dialogs = f"{settings.DIALOG_SERVICE_URL}/serviceowner/dialogs"
        self.session = session

    def find(self, dialog_id: uuid.UUID) -> FoundDialog | None:
        """The dialog, or None when there is none or it has been deleted."""
        answer = self._call("GET", f"/{dialog_id}")
        if answer.status_code in GONE:
            return None
        if answer.status_code == NOT_OURS:
            return FoundDialog()
        if answer.status_code >= FIRST_REFUSAL:
            raise NeighbourFailed(f"HTTP {answer.status_code}")
        return _found(answer)

    def create_dialog(self, dialog_id: uuid.UUID, body: dict[str, Any]) -> None:
        """Make it, or find it made by an earlier call. Raises DialogRefused."""
        self._create("", f"/{dialog_id}", {"id": str(dialog_id), **body})

    def create_transmission(
        self, dialog_id: uuid.UUID, transmission_id: uuid.UUID, body: dict[str, Any]
    ) -> None:
        """Add it to the dialog, or find it added by an earlier call. Raises DialogRefused."""
        path = f"/{dialog_id}/transmissions"
        self._create(path, f"{path}/{transmission_id}", {"id": str(transmission_id), **body})

    def add_activity(self, dialog_id: uuid.UUID, activity_id: uuid.UUID, body: dict[str, Any]) -> None:
        """Add it to the dialog, or find it added by an earlier call, or the dialog gone. Raises DialogRefused."""
        path = f"/{dialog_id}/activities"
        self._create(path + SILENTLY, f"{path}/{activity_id}", {"id": str(activity_id), **body}, unless=GONE)

    def patch_dialog(self, dialog_id: uuid.UUID, changes: dict[str, Any]) -> None:
        """Replace these of its members, or find it gone. Raises DialogRefused."""
        operations = [
            {"op": "replace", "path": f"/{member}", "value": value} for member, value in changes.items()
        ]
        answer = self._call("PATCH", f"/{dialog_id}{SILENTLY}", operations)
        if answer.status_code not in GONE:
            _check_taken(answer)

    def delete_dialog(self, dialog_id: uuid.UUID) -> None:
        """Take it out of the recipient's inbox, or find it gone. Raises DialogRefused."""
        answer = self._call("DELETE", f"/{dialog_id}")
        if answer.status_code not in GONE:
            _check_taken(answer)

    def _create(
        self, path: str, own_path: str, body: dict[str, Any], *, unless: tuple[int, ...] = ()
    ) -> None:
        answer = self._call("POST", path, body)
        is_there = answer.status_code in PERHAPS_THERE and self._call("GET", own_path).ok
        if not is_there and answer.status_code not in unless:
            _check_taken(answer)

    def _call(self, method: str, path: str, body: Json = None) -> requests.Response:
        """The answer, unless it is an outage. Only a refusal's text holds the service's own words."""
        token = settings.DIALOG_SERVICE_TOKEN.read()
        return call(self.session, method, self.dialogs + path, token=token, body=body)


@contextmanager
def dialog_service() -> Iterator[DialogService]:
    """One connection for many calls."""
    with requests.Session() as session:
        yield DialogService(session)


def _check_taken(answer: requests.Response) -> None:
    if answer.status_code in {CONFLICT, CHANGED_MEANWHILE}:
        raise NeighbourFailed(f"HTTP {answer.status_code}")
    if answer.status_code >= FIRST_REFUSAL:
        raise DialogRefused(f"{answer.status_code} {answer.text[:SHOWN_OF_AN_ANSWER]}".strip())


def _found(answer: requests.Response) -> FoundDialog | None:
    try:
        dialog = answer.json()
        if dialog.get("deletedAt"):
            return None
        return FoundDialog(
            resource_id=str(dialog["serviceResource"]).removeprefix(RESOURCE_PREFIX),
            owner_code=str(dialog.get("org") or ""),
            party_urn=str(dialog["party"]),
        )
    except (ValueError, KeyError, AttributeError) as error:
        raise NeighbourFailed("The answer is not a dialog.") from error
