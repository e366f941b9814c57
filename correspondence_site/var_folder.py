"""What goes wrong with `$CORRESPONDENCE_VAR`, in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager


class FolderUnusable(Exception):
    """The folder cannot be written to; the message says why and what to change."""


@contextmanager
def usable_folder() -> Iterator[None]:
    """For work inside the folder. Raises FolderUnusable where the system refuses it."""
    try:
        yield
    except OSError as error:
        raise FolderUnusable(
            f"{error.filename} cannot be used: {error.strerror}. "
            "CORRESPONDENCE_VAR must name a folder that belongs to the user who runs this."
        ) from error
