"""The words of an HTML text for readers without HTML."""

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    {"br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "table", "tr", "ul"}
)
INVISIBLE = frozenset({"head", "script", "style", "title"})
LEADS_ON = re.compile(r"(https?://|mailto:|tel:)\S", re.IGNORECASE)
"""What a link may lead to that is of use outside the page."""
NOT_SAID = re.compile(r"^(mailto:|tel:)", re.IGNORECASE)
SAME = re.compile(r"^https?://|/$", re.IGNORECASE)
"""What a link and its text may differ in and still say the same."""


def plain_text(html: str) -> str:
    """What a reader without HTML sees: the text, with a line for each block and where its links lead."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    reader.end_link()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0
        self.target, self.begin = "", 0
        """Of the link that is open: where it leads, and which part its text begins with."""
        self.is_behind_a_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in INVISIBLE
        self.parts.append("\n" * (tag in BLOCKS))
        if tag == "a":
            self.end_link()
            self._begin_link("".join((dict(attrs).get("href") or "").split()))

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in INVISIBLE))
        self.parts.append("\n" * (tag in BLOCKS))
        if tag == "a":
            self.end_link()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        gap = " " * (self.is_behind_a_link and data[:1].isalnum())
        self.is_behind_a_link = False
        self.parts.append(gap + data.replace("\n", " "))

    def _begin_link(self, target: str) -> None:
        """In HTML its colour sets it apart from the word before it; here a space does."""
        if self.hidden or not LEADS_ON.match(target):
            return
        before = next((part for part in reversed(self.parts) if part), "")
        self.parts.append(" " * (self.is_behind_a_link or before[-1:].isalnum()))
        self.target, self.begin = NOT_SAID.sub("", target), len(self.parts)

    def end_link(self) -> None:
        """Where it leads stands behind its text, unless that says the same."""
        target, self.target = self.target, ""
        text = " ".join("".join(self.parts[self.begin :]).split())
        if not target or SAME.sub("", text).lower() == SAME.sub("", target).lower():
            return
        self.parts.append(f" ({target})" if text else target)
        self.is_behind_a_link = True
