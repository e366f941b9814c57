"""Who uses the server: a shared lock held by every process that does, so that the last one stops it.

Both changes of the set of users happen under the gate, an exclusive lock held for a moment only: nobody can come
in between the question whether anyone is left and the stop. Locks end with their process, also after kill -9.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from correspondence_site.var_folder import usable_folder


@contextmanager
def shared(folder: Path, *, start: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    """Counts as a user inside; `start` adopts a running server or starts one, `stop` is for the last user.

    Raises FolderUnusable, and what `start` and `stop` raise.
    """
    with usable_folder():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with _gate(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                with usable_folder():
                    start()
            except BaseException:
                _stop_if_last(users, stop)
                raise
        try:
            yield
        finally:
            with _gate(folder):
                _stop_if_last(users, stop)
    finally:
        os.close(users)


@contextmanager
def _gate(folder: Path) -> Iterator[None]:
    with usable_folder():
        gate = os.open(folder / "gate.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _stop_if_last(users: int, stop: Callable[[], None]) -> None:
    """Call behind the gate."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(users, fcntl.LOCK_UN)
    else:
        stop()
