"""The raw bytes of a request, as they come from the server."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from gunicorn.http.errors import ParseException

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
    if left is None and not environ.get("wsgi.input_terminated"):
        return  # the server would not know where to stop
    while left is None or left > 0:
        size = CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)
        piece = read(environ, size)
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece


def read(environ: Mapping[str, Any], size: int) -> bytes:
    """Up to so many bytes of the body. Raises OSError for one that ends, or is garbled, between its chunks."""
    try:
        piece: bytes = environ["wsgi.input"].read(size)
    except ParseException as error:
        raise OSError(f"The body is not chunked as announced: {type(error).__name__}.") from error
    return piece
