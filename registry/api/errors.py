"""Answers that are neither a success nor a domain error (api.md 2.2, 2.4)."""

from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException


class ContractValidationError(APIException):
    """A validation problem: messages by key, in the spelling of api.md 2.2."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "The request is not valid."

    def __init__(self, errors: dict[str, list[str]], *, bound: tuple[str, ...] = ()) -> None:
        """`bound`: route and query values that were read, which `errors` lists even when they are right."""
        super().__init__()
        self.errors = errors
        self.bound = bound


class PlainAnswer(APIException):
    """An answer with an empty body, or one line of plain text."""

    def __init__(self, status_code: int, *, text: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.status_code = status_code
        self.text = text
        self.headers = headers or {}


class JsonAnswer(PlainAnswer):
    """An answer with a JSON document that is no problem."""

    def __init__(
        self, status_code: int, document: dict[str, Any], *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status_code, headers=headers)
        self.document = document


class ExplainedRefusal(APIException):
    """A problem without a number of the contract, with a sentence that says why."""

    def __init__(self, status_code: int, text: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.status_code = status_code
        self.text = text
        self.headers = headers or {}


class TooManyRequests(ExplainedRefusal):
    """A limit by time is reached: 429, and `Retry-After` says in how many seconds it is not."""

    def __init__(self, text: str, *, retry_after: int) -> None:
        super().__init__(429, text, headers={"Retry-After": str(retry_after)})
