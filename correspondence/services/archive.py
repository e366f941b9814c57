"""Files as one zip, written while it is sent: nothing is held but the chunk under way (api.md 9)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO, Protocol
from zipfile import ZipFile, ZipInfo

CHUNK = 64 * 1024
MAX_NAME_BYTES = 255
MAX_TITLE = 100
WITHOUT_TITLE = "correspondence-attachments"
DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])")
HEADERS_BYTES = 30 + 46 + 16
"""Of an entry: before its bytes, in the directory, and the descriptor behind its bytes."""
END_BYTES = 22


class Opens(Protocol):
    def __call__(self) -> IO[bytes]: ...


@dataclass(frozen=True)
class Entry:
    name: str
    size: int
    open: Opens


class _Outgoing:
    """What the zip writer has written and nobody has taken yet. It cannot seek, so the zip is made to be streamed."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, data: bytes, /) -> int:
        self.written += data
        return len(data)

    def flush(self) -> None:
        """Nothing lies behind this."""

    def close(self) -> None:
        """Nor is anything open."""

    def take(self) -> bytes:
        taken = bytes(self.written)
        self.written.clear()
        return taken


def stream(entries: Iterable[Entry], *, at: datetime) -> Iterator[bytes]:
    """The zip's bytes: entries stored, not compressed."""
    outgoing = _Outgoing()
    with ZipFile(outgoing, "w") as archive:
        for entry in entries:
            head = ZipInfo(entry.name, at.timetuple()[:6])
            head.file_size = entry.size
            with entry.open() as source, archive.open(head, "w") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield outgoing.take()
    yield outgoing.take()


def length(entries: Iterable[Entry]) -> int:
    """How many bytes `stream` will give."""
    return END_BYTES + sum(HEADERS_BYTES + 2 * len(entry.name.encode()) + entry.size for entry in entries)


def entry_names(file_names: Sequence[str]) -> list[str]:
    """Each at most 255 bytes long, and no two alike when case is ignored."""
    names: list[str] = []
    for file_name in file_names:
        taken = {name.lower() for name in names}
        suffix = PurePath(file_name).suffix
        stem = file_name.removesuffix(suffix)
        number, name = 0, _cut(stem, suffix)
        while name.lower() in taken:
            number += 1
            name = _cut(stem, f"({number}){suffix}")
        names.append(name)
    return names


def _cut(stem: str, ending: str) -> str:
    room = max(0, MAX_NAME_BYTES - len(ending.encode()))
    return stem.encode()[:room].decode(errors="ignore") + ending


def archive_name(title: str) -> str:
    """A file name made of the letter's title."""
    kept = re.sub(r"[^a-z0-9-]", "", title.strip().lower().replace(" ", "-"))
    name = re.sub(r"-+", "-", kept).strip("-")[:MAX_TITLE] or WITHOUT_TITLE
    return f"{WITHOUT_TITLE}-{name}.zip" if DEVICE.fullmatch(name) else f"{name}.zip"
