"""Where attachments' bytes lie: the storage alias `attachments`, behind what this app asks of it beyond Django's."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO, Any, Protocol, cast

from django.core.files.storage import storages

QUARANTINE = "quarantine"


class Receiver(Protocol):
    """One file being written. Nothing of it is there before `commit`, and all of it afterwards."""

    def write(self, chunk: bytes) -> None: ...

    def commit(self) -> None: ...


class AttachmentStorage(Protocol):
    """Local files or S3. Every call raises OSError when the storage fails."""

    def receive(self, name: str) -> AbstractContextManager[Receiver]:
        """Where the bytes of `name` go, with constant memory; what is not committed is removed."""

    def read(self, name: str, *, start: int = 0, length: int | None = None) -> IO[bytes]:
        """The stored bytes from `start`, to be streamed. Raises FileNotFoundError."""

    def exists(self, name: str) -> bool: ...

    def delete(self, name: str) -> None: ...

    def forget(self, name: str) -> None:
        """Remove what was received under that name, whole or in part."""

    def forget_parts(self, folder: str) -> None:
        """Remove what uploads that died have left in the folder."""

    def quarantine(self, name: str) -> str:
        """Put the bytes where nothing is handed out from; the name they have there. May run twice."""

    def names(self) -> Iterator[str]:
        """Of everything stored; of unfinished uploads where they are files."""


def quarantine_name(name: str) -> str:
    return f"{QUARANTINE}/{name}"


def attachment_storage() -> AttachmentStorage:
    """What the storage alias `attachments` names."""
    return cast(AttachmentStorage, cast(Any, storages["attachments"]))
