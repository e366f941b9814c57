"""How many segments an SMS is sent in, and as what (notifications.md 9.3)."""

import pytest

from notifications.segments import length_of


@pytest.mark.contract("notifications.md#9.3")
@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "gsm-7", 1),
        ("Blåbærsyltetøy ÆØÅ", "gsm-7", 1),
        ("a" * 160, "gsm-7", 1),
        ("a" * 161, "gsm-7", 2),
        ("a" * 306, "gsm-7", 2),
        ("a" * 307, "gsm-7", 3),
        ("€" * 80, "gsm-7", 1),
        ("€" * 81, "gsm-7", 2),
        ("a" * 152 + "€" + "a" * 152, "gsm-7", 3),  # the sign is not parted from its escape
        ("á" + "a" * 69, "ucs-2", 1),
        ("á" + "a" * 70, "ucs-2", 2),
        ("á" + "a" * 133, "ucs-2", 2),
        ("á" + "a" * 134, "ucs-2", 3),
        ("😀" * 35, "ucs-2", 1),
        ("😀" * 36, "ucs-2", 2),
        ("😀" * 67, "ucs-2", 3),  # 33 of them in each part: the two halves stay together
        ("a" * 2144, "gsm-7", 15),
    ],
)
def test_length_is_counted_as_networks_do(text, encoding, segments):
    length = length_of(text)

    assert (length.encoding, length.segments) == (encoding, segments)
