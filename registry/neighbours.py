"""Calls to national services over HTTP, and which of their answers mean that another call may succeed."""

from typing import Any

import requests

from registry.errors import RegistryUnavailable

TIMEOUT_SECONDS = 10
TOKEN_REFUSED, TIMED_OUT, TOO_MANY, AWAY = 401, 408, 429, 503
FIRST_REDIRECT, FIRST_REFUSAL, FIRST_SERVER_ERROR = 300, 400, 500


class NeighbourFailed(RegistryUnavailable):
    """This call failed; the same one may succeed later."""


class NeighbourDown(NeighbourFailed):
    """No call can succeed now: no answer, a refused token, a wrong address, too many calls."""


def call(
    session: requests.Session,
    method: str,
    url: str,
    *,
    token: str,
    body: dict[str, Any] | list[Any] | None = None,
) -> requests.Response:
    """The answer, unless it is an outage. Raises NeighbourDown, NeighbourFailed; no error's text holds the token."""
    try:
        answer = session.request(
            method,
            url,
            json=body,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise NeighbourDown(type(error).__name__) from error
    status = answer.status_code
    if FIRST_REDIRECT <= status < FIRST_REFUSAL or status in {TOKEN_REFUSED, TOO_MANY, AWAY}:
        raise NeighbourDown(f"HTTP {status}")
    if status == TIMED_OUT or status >= FIRST_SERVER_ERROR:
        raise NeighbourFailed(f"HTTP {status}")
    return answer
