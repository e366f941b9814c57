"""Plain text in titles and senders' names, row by row (initialize.md 3.2)."""

import pytest

from correspondence.services.texts import is_plain_text

ACCEPTED = {
    "ordinary sentence": "Vedtak i saken din, nr. 12 (vår ref. 2026/77)!",
    "extra spaces": "  To   ord\n på  linjer ",
    "empty": "",
    "white space only": " \t\n",
    "emphasis": "*a* **b** _c_ snake_case",
    "backticks": "`x` ``y` z",
    "escaped apostrophe": r"It\'s C:\temp",
    "number with a full stop": "123. Tekst",
    "decimal number": "1.234 kroner",
    "hyphen in front": "- Tekst",
    "plus in front": "+ Tekst",
    "hash inside": "Error #404",
    "hash and number in front": "#404 først",
    "hash and word in front": "#Tekst",
    "seven hashes": "####### x",
    "heading on the second line": "Tekst\n# Tekst",
    "hash and no-break space": "#\xa0Tekst",
    "less than, spaced": "a < b",
    "heart": "<3",
    "greater than": "5 > 3",
    "quote": "> x",
    "ampersand, spaced": "A & B",
    "ampersand in a word": "AT&T, R&D, H&M, Kjøp&salg",
    "unknown reference": "&ukjent; &#; &#x;",
    "brackets": "[tekst]",
    "empty box": "[ ] gjør",
    "ticked box": "[x] gjort",
    "brackets, then other parentheses": "[sak 12] (se vedlegg)",
    "brackets, then parentheses that hold no target": "[sak 12](se vedlegg 3)",
    "address": "https://www.example.no og www.example.no",
    "marks in words": "C++ og C++, 10^2, ~100 til ~200",
    "prices": "$100 og $200, 100$ eller 200$",
    "recipient's name": "Til {{recipientName}}",
    "braces": "{123} {a, b}",
    "pipe": "a | b",
}
REFUSED = {
    "heading": "# Tekst",
    "heading of level six": "###### Tekst",
    "heading after spaces": "   # Tekst",
    "heading behind a backslash": r"\# Tekst",
    "heading, then a line": "#\nTekst",
    "lone hash": "#",
    "tag": "<h1>x</h1>",
    "open tag": "<b>x",
    "unfinished tag": "a <b",
    "closing tag": "x</p",
    "comment": "<!-- x -->",
    "declaration": "<?xml",
    "autolink": "<https://x.no>",
    "tag around a backtick": "<`b>",
    "named reference": "&amp;",
    "numeric reference": "&#229;",
    "hexadecimal reference": "&#xE5",
    "reference without a semicolon": "&copy 2026",
    "reference at the beginning of a word": "Drift&regnskap",
    "another one": "Sak&notat",
    "link": "[tekst](adresse)",
    "link to nowhere": "[tekst]()",
    "link with a title": '[tekst](https://x.no "Tittel")',
    "link with parentheses": "[tekst](https://x.no/(1))",
    "link with brackets": "[se [1] her](https://x.no)",
    "link to a target in angle brackets": "[tekst](<1 2>)",
    "image": "![tekst](adresse)",
}
MORE_LENIENT = {
    "definition": "[x]: target",
    "footnote": "[^1]: note",
    "struck out": "~~x~~",
    "superscript": "^x^",
    "inserted": "++x++",
    "marked": "==x==",
    "citation": '""x""',
    "formula": "$x$",
    "attribute": "{.klasse}",
    "empty braces": "{}",
    "ruler": "---",
    "fence": "~~~",
    "container": ":::",
    "address with an underscore": "https://x.no/a_b",
    "mailto": "mailto:a@b.no",
    "tel": "tel:12345678",
}
"""Refused by upstream's round trip, which loses the marks; what the reader sees is what was written."""


@pytest.mark.contract("initialize.md#3.2")
@pytest.mark.parametrize("text", [*ACCEPTED.values(), *MORE_LENIENT.values()], ids=[*ACCEPTED, *MORE_LENIENT])
def test_plain_text_is_accepted(text):
    assert is_plain_text(text)


@pytest.mark.contract("initialize.md#3.2")
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_markup_is_not_plain_text(text):
    assert not is_plain_text(text)
