"""What counts as plain text and Markdown, and the recipient's name in a text (initialize.md 3)."""

import re
from html.entities import html5

RECIPIENT_NAME = "{{recipientName}}"
TAG_OR_COMMENT = re.compile(r"<[A-Za-z/!?]")
NUMERIC_REFERENCE = re.compile(r"&#([0-9]+|[xX][0-9a-fA-F]+)")
NAMED_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9]*;?)")
BLANKS = " \t\r\n\f"
HEADING = re.compile(r"#{1,6}(?:[ \t\r\n\f]|\Z)")
LINK_OR_IMAGE = re.compile(
    r"""
    \[ (?: [^\[\]] | \[ [^\[\]]* \] )* \]                  # the text, with brackets in it or not
    \( \s* (?: <[^<>]*> | (?: [^\s()] | \( [^\s()]* \) )* )  # the target
    (?: \s+ (?: "[^"]*" | '[^']*' | \( [^()]* \) ) )? \s* \)  # a title or none
    """,
    re.VERBOSE,
)
WORD = re.compile(r"[^\W\d_](?:[^\W_]|['\u0300-\u036f])*")
"""Begins with a letter; digits, apostrophes and combining marks do not end it, hyphens do."""
IGNORED = str.maketrans("", "", "`\\")
BARE_NAMES = sorted((name for name in html5 if not name.endswith(";")), key=len, reverse=True)
"""Old names that count without a semicolon, also as the beginning of a word: `&copy`, `&reg`."""


def is_plain_text(text: str) -> bool:
    """No HTML tag, comment or character reference, no heading, no inline link or image (initialize.md 3.2)."""
    bare = text.translate(IGNORED)
    return not (
        TAG_OR_COMMENT.search(bare)
        or NUMERIC_REFERENCE.search(bare)
        or HEADING.match(bare.lstrip(BLANKS))
        or LINK_OR_IMAGE.search(bare)
        or any(_is_reference(name) for name in NAMED_REFERENCE.findall(bare))
    )


def _is_reference(name: str) -> bool:
    return name in html5 or any(name.startswith(bare) for bare in BARE_NAMES)


def fill_in_name(text: str, name: str) -> str:
    """`{{recipientName}}` replaced, in the exact spelling only."""
    return text.replace(RECIPIENT_NAME, display_name(name))


def display_name(name: str) -> str:
    """Lower-cased, then title-cased word by word: `RASK FALK AS` gives `Rask Falk As`, `ANNE-LI` gives `Anne-Li`."""
    return WORD.sub(lambda word: word[0][:1].upper() + word[0][1:], name.lower())


MANY_REPLY_OPTIONS = 3
"""More than so many are appended to the body (api.md 6.10.1)."""
REPLY_LABELS = {"en": "Reply options:", "nn": "Svarval:"}
REPLY_LABEL = "Svarvalg:"


def with_reply_options(body: str, options: list[dict[str, str | None]], language: str) -> str:
    """The body, and below it the reply options when there are too many for buttons."""
    if len(options) <= MANY_REPLY_OPTIONS:
        return body
    label = REPLY_LABELS.get(language.lower(), REPLY_LABEL)
    lines = [f"{option['linkText'] or option['linkURL']}: {option['linkURL']}" for option in options]
    return "\n".join([body, "", label, *lines])
