"""Who looks for malware in stored files: chosen by CLAMD_URL."""

import re
import time
from typing import IO

from django.conf import settings

from attachments.transports.clamd import ClamdScanner
from attachments.transports.scanner_base import Scanner

SIMULATED = "simulated:"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless text that every scanner reports; in two pieces here, so that none reports this file."""
SLOW = re.compile(r"scan-delay-([0-9]{1,2})\b")


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
    if settings.CLAMD_URL.startswith(SIMULATED):
        return SimulatedScanner()
    return ClamdScanner(settings.CLAMD_URL) if settings.CLAMD_URL else None
