"""How much memory the web process needs for a very large file, uploaded alone, with its letter, and downloaded.

    .venv/bin/python manage.py demo                       (in one terminal)
    .venv/bin/python -m benchmarks.attachments [--bytes 2000000000]

Exits 1 when the resident memory of any web worker grew by 64 MB or more.
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

MOST_GROWTH = 64 * 1024 * 1024
PIECE = os.urandom(1024 * 1024)
FIELDS = {
    "correspondence.resourceId": "example-letters",
    "correspondence.sendersReference": "benchmark",
    "correspondence.content.messageTitle": "Brev",
    "correspondence.content.messageBody": "Innhold",
    "correspondence.content.attachments[0].fileName": "large.zip",
    "correspondence.content.attachments[0].sendersReference": "benchmark",
    "recipients[0]": "0192:310654302",
}
BOUNDARY = "benchmark"
TIMEOUT = 3600


class Memory:
    """The largest resident memory of any web worker while the block runs, beyond what it was before."""

    def __enter__(self) -> Self:
        self.before = resident()
        self.most = dict(self.before)
        self.done = threading.Event()
        self.watcher = threading.Thread(target=self._watch)
        self.watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.done.set()
        self.watcher.join()

    @property
    def growth(self) -> int:
        return max(self.most[pid] - self.before[pid] for pid in self.before)

    def _watch(self) -> None:
        while not self.done.wait(0.1):
            for pid, size in resident().items():
                self.most[pid] = max(size, self.most.get(pid, 0))


def resident() -> dict[int, int]:
    """Bytes of resident memory by process, of everything that is gunicorn."""
    sizes = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if b"gunicorn" in (entry / "cmdline").read_bytes():
                sizes[int(entry.name)] = int((entry / "statm").read_text().split()[1]) * os.sysconf(
                    "SC_PAGE_SIZE"
                )
        except OSError:
            continue  # it has ended
    return sizes


def pieces(size: int) -> Iterator[bytes]:
    while size > 0:
        yield PIECE[:size]
        size -= len(PIECE)


class Body:
    """A request's body of known length, made while it is sent."""

    def __init__(self, length: int, parts: Iterator[bytes]) -> None:
        self.length = length
        self.parts = parts

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[bytes]:
        return self.parts


def form(size: int) -> Body:
    disposition = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    head = "".join(f'{disposition}"{name}"\r\n\r\n{value}\r\n' for name, value in FIELDS.items())
    head += f'{disposition}"attachments"; filename="large.zip"\r\n\r\n'
    tail = f"\r\n--{BOUNDARY}--\r\n"

    def parts() -> Iterator[bytes]:
        yield head.encode()
        yield from pieces(size)
        yield tail.encode()

    return Body(len(head) + size + len(tail), parts())


class Work:
    """What is measured; a letter that came with its file is the one that is downloaded."""

    def __init__(self, base_url: str, size: int) -> None:
        self.api = f"{base_url}/correspondence/api/v1"
        self.size = size
        self.sender = session(base_url, "991825827", "altinn:serviceowner,altinn:correspondence.write")
        self.recipient = session(base_url, "310654302", "altinn:correspondence.read")
        self.letter = ""

    def upload(self) -> None:
        announced = {
            "resourceId": "example-letters",
            "fileName": "large.zip",
            "sendersReference": "benchmark",
        }
        identity = checked(self.sender.post(f"{self.api}/attachment", json=announced, timeout=TIMEOUT)).json()
        self._post(
            f"/attachment/{identity}/upload", "application/octet-stream", Body(self.size, pieces(self.size))
        )

    def upload_with_letter(self) -> None:
        answer = self._post(
            "/correspondence/upload", f"multipart/form-data; boundary={BOUNDARY}", form(self.size)
        )
        self.letter = answer.json()["correspondences"][0]["correspondenceId"]

    def download(self) -> None:
        url = f"{self.api}/correspondence/{self.letter}"
        (attachment,) = checked(self.recipient.get(url, timeout=TIMEOUT)).json()["content"]["attachments"]
        url = f"{url}/attachment/{attachment['id']}/download"
        answer = checked(self.recipient.get(url, stream=True, timeout=TIMEOUT))
        received = sum(len(piece) for piece in answer.iter_content(len(PIECE)))
        if received != self.size:
            sys.exit(f"{received} bytes came instead of {self.size}.")

    def _post(self, path: str, content_type: str, body: Body) -> requests.Response:
        headers = {"Content-Type": content_type}
        return checked(self.sender.post(self.api + path, data=body, headers=headers, timeout=TIMEOUT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bytes", type=int, default=2_000_000_000)
    size = parser.parse_args().bytes
    var = Path(os.environ.get("CORRESPONDENCE_VAR", "var")).resolve()
    work = Work((var / "public_url").read_text(), size)
    growths = [measured(step, size) for step in (work.upload, work.upload_with_letter, work.download)]
    sys.exit(max(growths) >= MOST_GROWTH)


def session(base_url: str, organisation: str, scopes: str) -> requests.Session:
    parameters = {"orgNo": organisation, "scopes": scopes, "ttl": "86400"}
    token = requests.get(f"{base_url}/api/GetEnterpriseToken", params=parameters, timeout=TIMEOUT).text
    opened = requests.Session()
    opened.headers["Authorization"] = f"Bearer {token}"
    return opened


def checked(answer: requests.Response) -> requests.Response:
    if not answer.ok:
        sys.exit(f"{answer.request.method} {answer.url} answered {answer.status_code}: {answer.text[:300]}")
    return answer


def measured(step: Callable[[], None], size: int) -> int:
    what = step.__name__.replace("_", " ")
    started = time.monotonic()
    with Memory() as memory:
        step()
    rate = size / 1e6 / (time.monotonic() - started)
    print(f"{what}: {size / 1e6:.0f} MB, {rate:.0f} MB/s, memory grew by {memory.growth / 1e6:.1f} MB")
    return memory.growth


if __name__ == "__main__":
    main()
