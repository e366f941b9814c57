"""Attachments as local files: written beside, made durable, then renamed into place."""

import os
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any, Self, cast

from django.core.files.storage import FileSystemStorage

from attachments.transports.storage import quarantine_name

PART = ".part"


class LocalAttachmentStorage(FileSystemStorage):
    """Django's file storage with private folders, and files that are whole or not there."""

    def __init__(self, location: str | None = None, **options: Any) -> None:
        super().__init__(
            location=location, directory_permissions_mode=0o700, file_permissions_mode=0o600, **options
        )

    def receive(self, name: str) -> "FileReceiver":
        return FileReceiver(Path(self.path(name)))

    def read(self, name: str, *, start: int = 0, length: int | None = None) -> IO[bytes]:
        file = Path(self.path(name)).open("rb")  # noqa: SIM115 - whoever asked for it closes it
        file.seek(start)
        return file if length is None else cast(IO[bytes], BufferedReader(_Section(file, length)))

    def forget(self, name: str) -> None:
        path = Path(self.path(name))
        for stored in (path, path.with_name(path.name + PART)):
            stored.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()

    def forget_parts(self, folder: str) -> None:
        for part in Path(self.path(folder)).glob(f"*{PART}"):
            part.unlink(missing_ok=True)

    def quarantine(self, name: str) -> str:
        away = quarantine_name(name)
        source, target = Path(self.path(name)), Path(self.path(away))
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            source.rename(target)
            _sync_folder(target.parent)
        return away

    def names(self) -> Iterator[str]:
        for folder, _, files in os.walk(self.location):
            for file in sorted(files):
                yield str((Path(folder) / file).relative_to(self.location))


class FileReceiver:
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


class _Section(RawIOBase):
    """A part of an open file, which it closes."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.file = file
        self.left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.file.read(min(len(buffer), self.left))
        buffer[: len(chunk)] = chunk
        self.left -= len(chunk)
        return len(chunk)

    def close(self) -> None:
        self.file.close()
        super().close()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
