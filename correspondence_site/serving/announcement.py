"""Where the installation is served: the base URL in `$CORRESPONDENCE_VAR/public_url` (operator-interface.md).

Commands make links and tokens with it, so it names one server that is alive. A lock says which: it ends with its
process, also after kill -9.
"""

import fcntl
import os
from pathlib import Path

from correspondence_site.var_folder import usable_folder


class Announcement:
    """One server's wish to be the one named. Nobody but the holder of the lock writes or removes the file."""

    def __init__(self, var: Path, base_url: str) -> None:
        self.var = var
        self.file = var / "public_url"
        self.base_url = base_url
        self.lock: int | None = None

    def make(self) -> None:
        """Name this server unless another one that is alive is named; may be called again and again.

        Raises FolderUnusable.
        """
        if self.lock is not None:
            return
        with usable_folder():
            self.var.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.var / "public_url.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return
        self.lock = lock
        whole = self.file.with_suffix(".new")
        whole.write_text(self.base_url, encoding="utf-8")
        whole.replace(self.file)

    def withdraw(self) -> None:
        if self.lock is not None:
            self.file.unlink(missing_ok=True)
            os.close(self.lock)
            self.lock = None
