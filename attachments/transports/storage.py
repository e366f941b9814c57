"""Attachments as local files: written beside, made durable, then renamed into place."""

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self, cast

from django.core.files.storage import FileSystemStorage, storages

PART = ".part"
QUARANTINE = "quarantine"


class LocalAttachmentStorage(FileSystemStorage):
    """Django's file storage with private folders, and a `receive` that streams with constant memory."""

    def __init__(self, location: str | None = None, **options: Any) -> None:
        super().__init__(
            location=location, directory_permissions_mode=0o700, file_permissions_mode=0o600, **options
        )

    def receive(self, name: str) -> "Receiver":
        """Where the bytes of `name` go; they are there under that name after `commit`, or not at all."""
        return Receiver(Path(self.path(name)))

    def forget_parts(self, folder: str) -> None:
        """Remove what uploads that died have left in the folder."""
        for part in Path(self.path(folder)).glob(f"*{PART}"):
            part.unlink(missing_ok=True)

    def forget(self, name: str) -> None:
        """Remove what was received under that name, whole or in part, and the folder when nothing else is in it."""
        path = Path(self.path(name))
        for stored in (path, path.with_name(path.name + PART)):
            stored.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()

    def quarantine_name(self, name: str) -> str:
        return f"{QUARANTINE}/{name}"

    def quarantine(self, name: str) -> str:
        """Put the bytes where nothing is handed out from; the name they have there. May run twice."""
        away = self.quarantine_name(name)
        source, target = Path(self.path(name)), Path(self.path(away))
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            source.rename(target)
            _sync_folder(target.parent)
        return away


def attachment_storage() -> LocalAttachmentStorage:
    """What the storage alias `attachments` names."""
    return cast(LocalAttachmentStorage, storages["attachments"])


class Receiver:
    """One file being written. Use as a context manager: what is not committed is removed."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.part = target.with_name(target.name + PART)
        self.file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = os.fdopen(os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        return self

    def write(self, chunk: bytes) -> None:
        if self.file is None:
            raise RuntimeError("The receiver is not open.")
        self.file.write(chunk)

    def commit(self) -> None:
        """On disk, then renamed, then the folder on disk: the name is never there without all of its bytes."""
        if self.file is None:
            raise RuntimeError("The receiver is not open.")
        self.file.flush()
        os.fsync(self.file.fileno())
        self.part.rename(self.target)
        _sync_folder(self.target.parent)

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()
        self.part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
