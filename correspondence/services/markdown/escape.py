"""Texts and addresses written so that Markdown shows them as they are."""

import re
from functools import partial
from urllib.parse import quote

MARKUP = re.compile(
    r"""
    (?P<address> (?: https?:// | www\. ) (?: [^\s<>\\`]* [^\s<>\\`.,:;!?'"()*_~\[\]] )? )
    | (?P<run> [*_]+ | ~~+ | `+ )
    | \\ (?= [!-/:-@\[-`{-~\n] | \Z )    # would escape what follows
    | <  (?= [A-Za-z/!?] | \Z )          # would begin a tag
    | &  (?= \#?\w{1,40}; | \Z )         # would begin a character reference
    | \] (?= [(:] | \Z )                 # would end a link's text or a definition's label
    | (?P<bracket> [\[\]] )
    """,
    re.VERBOSE,
)
LINE_START = re.compile(
    r"^([^\S\n]*)(?=\#{1,6}(?:\s|$)|>|[-+*:~](?:\s|$)|[*_][*_\s]*$|=+[^\S\n]*$|\[\^|[|:-][-:|\s]*$)",
    re.MULTILINE,
)
NUMBERED_LINE = re.compile(r"^([^\S\n]*[0-9]{1,9})(?=[.)](?:\s|$))", re.MULTILINE)
ADDRESS = re.compile(r"(?:https?://|www\.|[\w.+-]+@)[\w./?=&%#:+,@-]*[\w/]")
UNDERSCORE_AT_AN_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
IN_AN_ADDRESS = re.compile(r"(?<=www)\.|(?<=http):|(?<=https):|[*_~&\[\]]")
"""What makes it one, and what would be markup in it."""
AFTER_AN_ADDRESS = re.compile(r"[.,:;!?)]*[ \t\n]")
NOT_IN_A_DESTINATION = re.compile(r"[\x00-\x20\x7f<>\\`]")
REFERENCE = re.compile(r"&(?=#?\w{1,40};)")


def as_text(text: str, *, in_brackets: bool = False) -> str:
    """With a backslash before what Markdown would take for markup; the end counts as if anything could follow.

    Between brackets, as a link's text, there may be no bracket and no other link.
    """
    escaped = MARKUP.sub(partial(_escaped, in_brackets=in_brackets), text)
    return NUMBERED_LINE.sub(r"\1\\", LINE_START.sub(r"\1\\", escaped))


def _escaped(match: re.Match[str], *, in_brackets: bool) -> str:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:40]
    if address := match["address"]:
        return IN_AN_ADDRESS.sub(r"\\\g<0>", address) if in_brackets else _address(address, after)
    if (match["bracket"] and not in_brackets) or _is_no_mark(match["run"] or "", before, after[:1]):
        return match[0]
    return "".join(f"\\{character}" for character in match[0])


def _is_no_mark(run: str, before: str, after: str) -> bool:
    """Stars and underscores between blanks, underscores within a word."""
    between_blanks = before in {" ", "\t"} and after in {" ", "\t", "\n"}
    within_a_word = "*" not in run and before.isalnum() and after.isalnum()
    return bool(run) and set(run) <= {"*", "_"} and (between_blanks or within_a_word)


def _address(address: str, following: str) -> str:
    if fits(address, following=following):
        return address
    if address.startswith("http") and not address.endswith("://"):
        return f"<{address}>"
    return IN_AN_ADDRESS.sub(r"\\\g<0>", address)


def fits(address: str, *, following: str) -> bool:
    """Whether it can stand without marks of its own before what follows, which then is no part of it."""
    return is_address(address) and AFTER_AN_ADDRESS.match(following) is not None


def is_address(text: str) -> bool:
    """Whether readers of GitHub-flavoured Markdown make a link of it without further marks."""
    return ADDRESS.fullmatch(text) is not None and UNDERSCORE_AT_AN_EDGE.search(text) is None


def destination(url: str) -> str:
    """A URL as the target between a link's parentheses."""
    encoded = NOT_IN_A_DESTINATION.sub(lambda found: quote(found[0]), url)
    encoded = REFERENCE.sub("&amp;", encoded)
    return f"<{encoded}>" if set("()") & set(encoded) else encoded
