"""Upstream's own tests of the names of outcomes, row by row (notifications.md 11.5).

What is on its way (`Email_New`) is not kept of the national platform's words, so other names stand for V01 to V07.
"""

import pytest

from notifications.models import Delivery
from tests.notifications.cases.test_delivery_checks import LOOK, kind_of, shown
from tests.notifications.conftest import EMAIL
from tests.notifications.platform.conftest import main, placed, work

ELEVEN = [
    *("Email_Succeeded", "Email_Delivered", "Email_Failed", "Email_Failed_Bounced", "Email_Failed_TTL"),
    *("Email_Failed_FilteredSpam", "Email_Failed_InvalidEmailFormat", "Unknown"),
    *("SMS_Accepted", "SMS_Delivered", "SMS_Failed_BarredReceiver"),
]
READ = {
    **{f"V01 {word}": (word, word) for word in ("Email_Succeeded", "SMS_Delivered", "Unknown")},
    **{f"V02 {word.lower()}": (word.lower(), word) for word in ("Email_Delivered", "SMS_Failed", "Unknown")},
    **{f"V02 {word.upper()}": (word.upper(), word) for word in ("Email_Delivered", "SMS_Failed", "Unknown")},
    **{f"V03 {word}": (word, "Unknown") for word in ("Delivered", "Email Delivered", "Lost", "123")},
    "V04 empty": ("", "Unknown"),
    "V04 null": (None, "Unknown"),
    "V05": (3, "Unknown"),
}


@pytest.mark.contract("notifications.md#11.5")
@pytest.mark.parametrize(("word", "expected"), READ.values(), ids=READ)
def test_reading(platform, sender, word, expected):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, (kind_of(str(word).upper()), "a@b.no", word))

    work(after=LOOK)

    assert Delivery.objects.get().state == expected


@pytest.mark.contract("notifications.md#11.5")
def test_written_as_read(platform, sender):
    """V06, V07"""
    published = placed(sender, EMAIL)
    platform.reports(
        main().shipment_id, *((kind_of(word), f"{n}@b.no", word) for n, word in enumerate(ELEVEN))
    )

    work(after=LOOK)

    assert sorted(shown(sender, published)) == sorted(ELEVEN)
