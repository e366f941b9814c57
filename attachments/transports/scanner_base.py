"""What a scanner for malware must do, and how it fails."""

from typing import IO, Protocol


class ScannerUnavailable(Exception):
    """The file could not be scanned now; the message says why, for operators."""


class Scanner(Protocol):
    def scan(self, stored: IO[bytes], *, file_name: str) -> str | None:
        """Why the file is not accepted: what was found in it, by the scanner's name for that. None when it is clean.

        Raises ScannerUnavailable.
        """
