"""The raw bytes of a request, as they come from the server."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

CHUNK_BYTES = 1024 * 1024


def content_length(environ: dict[str, Any]) -> int | None:
    """As announced; None for a chunked body or none at all."""
    announced = environ.get("CONTENT_LENGTH") or ""
    return int(announced) if announced.isdigit() else None


def chunks(environ: dict[str, Any]) -> Iterator[bytes]:
    """The body in pieces of up to 1 MiB.

    Raises TimeoutError when nothing comes for too long, OSError when the client leaves a chunked body unfinished;
    a body shorter than its announced length just ends (design.md point 20).
    """
    socket = environ.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(settings.UPLOAD_IDLE_SECONDS)
    left = content_length(environ)
    while left is None or left > 0:
        size = CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)
        piece = environ["wsgi.input"].read(size)
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece
