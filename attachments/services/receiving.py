"""Bytes as they arrive: counted, hashed and handed to storage, never held."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from attachments.errors import InvalidFileSize, UploadFailed, UploadTimedOut
from attachments.transports.storage import Receiver

SIGN_OF_LIFE_SECONDS = 5


@dataclass(frozen=True)
class Received:
    size: int
    """Bytes."""
    checksum: str
    """MD5, lower-case hex."""


def receive(receiver: Receiver, chunks: Iterable[bytes], *, most: int) -> Received:
    """Write the chunks, not yet for good. Raises InvalidFileSize once there are more than `most` bytes."""
    size, digest = 0, hashlib.md5(usedforsecurity=False)
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise InvalidFileSize
        digest.update(chunk)
        receiver.write(chunk)
    return Received(size, digest.hexdigest())


def with_signs_of_life(chunks: Iterable[bytes], give_sign: Callable[[], None]) -> Iterator[bytes]:
    """Says now and then that bytes still arrive, so that nobody takes the upload for dead."""
    last = time.monotonic()
    for chunk in chunks:
        if time.monotonic() - last > SIGN_OF_LIFE_SECONDS:
            last = time.monotonic()
            give_sign()
        yield chunk


@contextmanager
def upload_errors() -> Iterator[None]:
    """What goes wrong while bytes arrive or are stored, as the contract's errors. Raises UploadTimedOut, UploadFailed."""
    try:
        yield
    except TimeoutError as error:
        raise UploadTimedOut from error
    except OSError as error:
        raise UploadFailed from error
