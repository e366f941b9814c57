"""Who looks for malware in stored files: chosen by CLAMD_URL."""

import re
import time
from typing import IO, Protocol

from django.conf import settings

SIMULATED = "simulated:"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless text that every scanner reports; in two pieces here, so that none reports this file."""
SLOW = re.compile(r"scan-delay-([0-9]{1,2})\b")


class Scanner(Protocol):
    def scan(self, stored: IO[bytes], *, file_name: str) -> str | None:
        """What was found in the bytes, by the scanner's name for it; None when they are clean."""


class SimulatedScanner:
    """Finds the EICAR test text and nothing else; a name like `scan-delay-5.pdf` takes five seconds.

    For integrators and tests that need a finding or a wait on demand; production refuses it.
    """

    def scan(self, stored: IO[bytes], *, file_name: str) -> str | None:
        if slow := SLOW.search(file_name):
            time.sleep(int(slow[1]))  # what the name asks for: a scan that takes its time
        return "Eicar-Test-Signature" if stored.read(len(EICAR)) == EICAR else None


def scanner() -> Scanner | None:
    """None: files are not scanned."""
    return SimulatedScanner() if settings.CLAMD_URL.startswith(SIMULATED) else None
