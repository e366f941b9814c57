"""A stored file as an answer, whole or the range that was asked for (RFC 9110, 14)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")

Opener = Callable[[int, int | None], IO[bytes]]
"""Opens the stored bytes from a start, so many of them or all."""


@dataclass(frozen=True)
class Section:
    """`start` and `end` are the first and the last byte."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1


class Unsatisfiable(Exception):
    """The range lies outside the file."""


def asked_section(request: Request, size: int) -> Section | None:
    """What the request asks for of a file of that size; None: all of it.

    Several ranges, units other than bytes and `If-Range` (we give no validators) get the whole file. Raises
    Unsatisfiable.
    """
    match = RANGE.fullmatch(request.META.get("HTTP_RANGE", ""))
    if match is None or match.groups() == ("", "") or "HTTP_IF_RANGE" in request.META:
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < start:
            return None
    if start >= size or start > end:
        raise Unsatisfiable
    return Section(start, end)


def file_answer(request: Request, *, size: int, open_from: Opener, content_type: str) -> HttpResponseBase:
    """200 with the file, 206 with a section of it, or 416."""
    try:
        section = asked_section(request, size)
    except Unsatisfiable:
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{size}"}, content_type=content_type
        )
    stored = open_from(section.start, section.length) if section else open_from(0, None)
    answer = FileResponse(stored, status=206 if section else 200, content_type=content_type)
    answer.headers["Content-Length"] = str(section.length if section else size)
    if section:
        answer.headers["Content-Range"] = f"bytes {section.start}-{section.end}/{size}"
    answer.headers.pop("Content-Disposition", None)  # Django's own guess from the stored name
    return answer


def file_answers(media_type: str) -> dict[Any, Any]:
    """What `file_answer` answers, for the contract's document."""
    return {
        (200, media_type): OpenApiTypes.BINARY,
        (206, media_type): OpenApiResponse(OpenApiTypes.BINARY, "The part that `Range` asked for."),
        416: OpenApiResponse(description="The range lies outside the file; no body."),
    }


def begins_at_the_start(request: Request, size: int) -> bool:
    """Whether this is a download, and not a later part of one."""
    try:
        section = asked_section(request, size)
    except Unsatisfiable:
        return False
    return section is None or section.start == 0
