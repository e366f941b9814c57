"""Where reports lie: the storage alias `reports`, which keeps files as the attachments' own does."""

import hashlib
import io
from typing import Any, cast

from django.core.files.storage import storages

from attachments.transports.storage import AttachmentStorage, Receiver


def report_storage() -> AttachmentStorage:
    return cast(AttachmentStorage, cast(Any, storages["reports"]))


class Digesting(io.RawIOBase):
    """A file that only grows, of which size and MD5 are known at its end."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__()
        self.receiver = receiver
        self.digest = hashlib.md5(usedforsecurity=False)
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        piece = bytes(data)
        self.receiver.write(piece)
        self.digest.update(piece)
        self.size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.size
