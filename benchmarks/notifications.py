"""Many mails and SMS through one worker that is killed twice on the way: what is lost, what comes twice, how fast.

    .venv/bin/python -m benchmarks.notifications [--recipients 10000] [--kills 2]

Each recipient is told by e-mail and by SMS. Needs the test dependencies and nothing that runs: it makes a database of
its own in a temporary folder, and mail server and gateway run in this process. Exits 1 when a message is lost, comes
again under another id, or comes again without having been in flight at a kill.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import django

PATIENCE_SECONDS = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        # Settings are read when Django starts, so the environment comes first.
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "CORRESPONDENCE_VAR": folder}
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        sys.exit(0 if run(Path(folder), arguments.recipients, arguments.kills) else 1)


def run(folder: Path, recipients: int, kills: int) -> bool:
    """Whether everything arrived, and nothing twice that need not."""
    from django.core.management import call_command  # noqa: PLC0415 - these need Django to be set up

    from correspondence_site.postgres import running  # noqa: PLC0415
    from tests.support.clients import Client  # noqa: PLC0415
    from tests.support.killed_worker import as_json, send_to, tell_with_kills  # noqa: PLC0415
    from tests.support.world import build_world  # noqa: PLC0415

    with running(folder):
        call_command("migrate", verbosity=0)
        build_world()
        sender = Client.organisation("991825827", "altinn:serviceowner", "altinn:correspondence.write")
        send_to(sender.post, recipients)
        began = time.monotonic()
        told = tell_with_kills(recipients, kills=kills, seconds=PATIENCE_SECONDS)
        seconds = time.monotonic() - began
    print(as_json(told, recipients))
    print(
        f"{2 * recipients} messages in {seconds:.0f} s, restarts included: {2 * recipients / seconds:.0f} a second"
    )
    is_complete = (told.addresses, told.renamed) == (2 * recipients, 0)
    return bool(is_complete and told.repeats <= told.in_flight)


if __name__ == "__main__":
    main()
