"""HTTP clients with real tokens, in process."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.test import Client as DjangoClient
from urllib3 import encode_multipart_formdata

from registry.enums import TokenKind
from registry.services.tokens import SystemUserClaims, iso6523, mint
from tests.support.schema import check_answer

BASE = "/correspondence/api/v1"
Fields = Sequence[tuple[str, str]]
Files = Sequence[tuple[str, bytes]]


def encode_form(fields: Fields, files: Files = (), file_field: str = "attachments") -> tuple[bytes, str]:
    parts: list[tuple[str, Any]] = [*fields, *((file_field, file) for file in files)]
    return encode_multipart_formdata(parts)


class Client:
    """Calls paths below the API's base with one bearer token (None: without)."""

    base = BASE

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.http = DjangoClient(raise_request_exception=False)

    @classmethod
    def organisation(cls, number: str, *scopes: str, kind: TokenKind = TokenKind.ALTINN) -> "Client":
        return cls(mint(kind=kind, organisation=number, scopes=scopes))

    @classmethod
    def person(cls, number: str, *scopes: str, level: int = 3, consumer: str = "991825827") -> "Client":
        """As every person's token, it names the organisation whose client fetched it (access.md 1.3)."""
        extra = {"consumer": iso6523(consumer)}
        return cls(mint(kind=TokenKind.ALTINN, person=number, scopes=scopes, level=level, extra=extra))

    @classmethod
    def system_user(
        cls, identity: uuid.UUID, *scopes: str, customer: str = "310654302", vendor: str = "313154599"
    ) -> "Client":
        acting = SystemUserClaims(uuid=identity, organisation=customer)
        return cls(mint(kind=TokenKind.ALTINN, organisation=vendor, system_user=acting, scopes=scopes))

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        answer = self.http.get(self.base + path, query or {}, headers=self._headers(headers))
        return check_answer("get", path, answer)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.http.post(
            self.base + path, body, content_type="application/json", headers=self._headers(headers)
        )
        return check_answer("post", path, answer)

    def upload(
        self, path: str, data: bytes, content_type: str = "application/octet-stream", **headers: str
    ) -> Any:
        # `post` would encode the bytes anew; the type is named again because it is left out for an empty body.
        answer = self.http.generic(
            "POST",
            self.base + path,
            data,
            content_type=content_type,
            headers=self._headers(headers),
            CONTENT_TYPE=content_type,
        )
        return check_answer("post", path, answer)

    def form(self, path: str, fields: Fields, files: Files = (), **headers: str) -> Any:
        """A multipart form, encoded by the library that real clients use; every file part is named `attachments`."""
        data, content_type = encode_form(fields, files)
        return self.upload(path, data, content_type, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        answer = self.http.delete(self.base + path, headers=self._headers(headers))
        return check_answer("delete", path, answer)

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**bearer, **{name.replace("_", "-"): value for name, value in headers.items()}}


class EventsClient(Client):
    """Calls whole paths: the events' API has a base of its own."""

    base = ""
