"""`manage.py demo`, as a person starts it: a database of its own, real processes, a real SMTP server."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.notification_platform import notification_platform_stand_in
from tests.support.processes import fresh_environment
from tests.support.smtp import smtp_server


def demo(var, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--check", "--port", "0"],
        cwd=settings.BASE_DIR,
        env=fresh_environment(var, **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def processes_of(var):
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
    return [line for line in lines if str(var).encode() in line and b"demo" not in line]


def test_demo_sends_a_letter_over_smtp_and_reads_it(tmp_path):
    with smtp_server() as mailbox:
        result = demo(tmp_path, EMAIL_URL=mailbox.url)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "Every step held." in result.stdout
    assert "post@rask-falk.example" in {mail["To"] for mail in mailbox.mails}
    assert processes_of(tmp_path) == []


def test_demo_waits_for_the_scan_where_files_are_scanned(tmp_path):
    result = demo(tmp_path, CLAMD_URL="simulated:")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "Every step held." in result.stdout


def test_demo_places_the_order_with_the_national_platform_and_does_not_wait_for_the_mail(tmp_path):
    with notification_platform_stand_in() as platform:
        result = demo(tmp_path, NOTIFICATION_PLATFORM_URL=platform.url)

    assert result.returncode == 0, result.stdout + result.stderr
    (order,) = platform.orders.values()
    placed = (
        f"The notification is placed with the national platform: its order {order['notificationOrderId']}"
    )
    assert placed in result.stdout
    assert "Every step held." in result.stdout
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize(
    ("status", "said"), [(403, "HTTP 403"), (422, "The notification platform knows no usable address")]
)
def test_demo_says_what_the_national_platform_answered_when_it_takes_no_order(tmp_path, status, said):
    with notification_platform_stand_in() as platform:
        platform.answers = [(status, None)] * 9
        result = demo(tmp_path, NOTIFICATION_PLATFORM_URL=platform.url, DEMO_PATIENCE_SECONDS="15")

    assert result.returncode == 1
    assert f"the order was not placed with the national platform within 15 s: {said}" in result.stderr
    assert processes_of(tmp_path) == []


def test_demo_fails_when_the_mail_cannot_be_delivered(tmp_path):
    result = demo(tmp_path, EMAIL_URL="smtp://127.0.0.1:9", DEMO_PATIENCE_SECONDS="5")

    assert result.returncode == 1
    assert "the e-mail was not delivered" in result.stderr
    assert processes_of(tmp_path) == []


def test_ctrl_c_stops_everything(tmp_path):
    command = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", "0"],
        cwd=settings.BASE_DIR,
        env=fresh_environment(tmp_path, CORRESPONDENCE_ENV="demo"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while "Ctrl-C stops everything." not in command.stdout.readline():
        assert command.poll() is None, command.communicate()

    os.killpg(command.pid, signal.SIGINT)
    said, errors = command.communicate(timeout=60)

    assert (command.returncode, said) == (0, "Stopped.\n"), errors
    assert "Traceback" not in errors
    assert processes_of(tmp_path) == []


def test_demo_does_not_run_in_production(tmp_path):
    production = {
        "CORRESPONDENCE_ENV": "production",
        "SECRET_KEY": "x" * 50,
        "PUBLIC_URL": "https://letters.example.no",
    }

    result = demo(tmp_path, **production)

    assert result.returncode == 1
    assert "does not run in production" in result.stderr
