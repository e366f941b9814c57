"""Mail servers' own notifications, whole or in part (RFC 3464; notifications.md 9.4)."""

import pytest

from notifications.models import Delivery, DeliveryReport
from tests.notifications.conftest import told
from tests.notifications.reports.conftest import BASIC, post
from tests.support.jobs import run_due_jobs

pytestmark = pytest.mark.usefixtures("reporting")
STATUS = """Reporting-MTA: dns; mx.example.no
{identity}
Final-Recipient: rfc822; post@rask-falk.example
Action: {action}
Status: {code}
Diagnostic-Code: smtp; 550 {code}
 no such mailbox
"""
WHOLE = """From: MAILER-DAEMON@mx.example.no
To: brev@correspondence.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

{status}
--b
Content-Type: {returned}

Subject: Brev
Message-ID: {message_id}

Hei
--b--
"""


def bounce(mail):
    assert post("email/relay", mail.encode(), **BASIC).status_code == 200
    run_due_jobs()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_whole_notification_names_our_mail(sender, mailbox, returned, line_end):
    told(sender)
    status = STATUS.format(identity="", action="failed", code="5.1.1")
    mail = WHOLE.format(status=status, returned=returned, message_id=Delivery.objects.get().message_id)

    bounce(mail.replace("\n", line_end))

    assert Delivery.objects.get().state == "Email_Failed_Bounced"
    assert DeliveryReport.objects.get().detail == "smtp; 550 5.1.1 no such mailbox"


@pytest.mark.parametrize("name", ["X-Original-Message-ID", "Original-Envelope-Id"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_status_part_alone_names_our_mail(sender, mailbox, name, line_end):
    told(sender)
    identity = f"{name}: {Delivery.objects.get().message_id}\n"

    bounce(STATUS.format(identity=identity, action="failed", code="5.7.1").replace("\n", line_end))

    assert Delivery.objects.get().state == "Email_Failed_FilteredSpam"


@pytest.mark.parametrize(
    ("action", "code", "state"),
    [
        ("delayed", "4.4.1", "Email_Succeeded"),
        ("relayed", "2.0.0", "Email_Succeeded"),
        ("delivered", "2.0.0", "Email_Delivered"),
        ("failed", "4.4.7", "Email_Failed"),
    ],
)
def test_action_says_whether_it_is_the_end(sender, mailbox, action, code, state):
    told(sender)
    identity = f"X-Original-Message-ID: {Delivery.objects.get().message_id}\n"

    bounce(STATUS.format(identity=identity, action=action, code=code))

    assert Delivery.objects.get().state == state
