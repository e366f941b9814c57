"""The cleaned HTML as a tree, made ready to be written as Markdown."""

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from correspondence.services.markdown.escape import as_text, is_address

MAX_DEPTH = 50
"""Of tags in tags; what lies deeper is kept as text."""
LISTS = frozenset({"ul", "ol", "li", "dl", "dt", "dd"})
TABLES = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"})
HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
SECTIONS = frozenset(
    {"address", "article", "aside", "center", "details", "div", "fieldset", "figcaption", "figure"}
)
MORE_SECTIONS = frozenset({"footer", "form", "header", "main", "nav", "section", "summary"})
BLOCKS = LISTS | TABLES | HEADINGS | SECTIONS | MORE_SECTIONS | {"blockquote", "hr", "p", "pre"}
LITERAL = frozenset({"pre", "code", "kbd", "samp"})
OPENING = frozenset({"p", "div", "table", "ul", "ol", "blockquote"})
"""Always on a line of their own."""
WRAPPERS = LITERAL | {"a", "b", "strong", "i", "em", "del", "s", "q", "sub", "sup"}
"""Tags that may leave nothing but their content."""
NO_TEXT = "\ufffc"
"""In place of what has none, an image for instance."""
BLANKS = re.compile(r"[ \t\r\n]+")
START = re.compile(r"[0-9]{1,8}")
ITSELF, MARK, COLUMNS = "itself", "mark", "columns"
"""Notes on tags: a link that shows nothing but its own target; what stands before an item; a row's width."""


def prepare(soup: BeautifulSoup) -> None:
    """Escape the texts where they stand, make white space what will be shown, flatten what is too deep."""
    nodes: list[tuple[PageElement, int, bool, bool]] = [(soup, 0, False, False)]
    while nodes:
        node, depth, is_literal, is_linked = nodes.pop()
        if isinstance(node, Tag):
            if depth == MAX_DEPTH:
                node.string = node.get_text()
            if note := NOTES.get(node.name):
                note(node)
            is_literal = is_literal or node.name in LITERAL or node.has_attr(ITSELF)
            is_linked = is_linked or node.name == "a"
            nodes += [(child, depth + 1, is_literal, is_linked) for child in reversed(node.contents)]
        elif isinstance(node, NavigableString) and not is_literal:
            node.replace_with(_written(node, is_linked=is_linked))


def _note_itself(link: Tag) -> None:
    shown, href = link.get_text().strip(), link.get("href")
    is_plain = all(isinstance(child, NavigableString) for child in link.children)
    is_target = href == shown or (is_address(shown) and href in {f"mailto:{shown}", f"http://{shown}"})
    if shown and is_plain and is_target:
        link[ITSELF] = "yes"


def _note_marks(items: Tag) -> None:
    """Not those of a list of the same kind right before, or the two would become one."""
    before = neighbour(items, forward=False)
    first = before.li if isinstance(before, Tag) and before.name == items.name else None
    is_other = first is not None and str(first.get(MARK)).endswith(("-", "."))
    start = str(items.get("start") or "")
    number = int(start) if START.fullmatch(start) else 1
    for place, item in enumerate(items.find_all("li", recursive=False), start=number):
        if items.name == "ol":
            item[MARK] = f"{place})" if is_other else f"{place}."
        else:
            item[MARK] = "*" if is_other else "-"


def _note_columns(table: Tag) -> None:
    rows = table.find_all("tr")
    columns = max((len(cells_of(row)) for row in rows), default=0)
    for row in rows:
        row[COLUMNS] = str(columns)


def cells_of(row: Tag) -> list[Tag]:
    return row.find_all(["td", "th"], recursive=False)


NOTES = {"a": _note_itself, "ul": _note_marks, "ol": _note_marks, "table": _note_columns}


def _written(node: NavigableString, *, is_linked: bool) -> str:
    text = BLANKS.sub(lambda blanks: "\n" if "\n" in blanks[0] else " ", node)
    text = text.lstrip() if is_break(node.previous_sibling) else text
    text = text.rstrip() if is_break(node.next_sibling) else text
    end = "\n" if ends_line(node) else ""
    text = as_text(f"{text}{end}", in_brackets=is_linked).removesuffix(end)
    would_make_an_image = text.endswith("!") and getattr(node.next_sibling, "name", None) == "a"
    return f"{text[:-1]}\\!" if would_make_an_image else text


def ends_line(node: PageElement) -> bool:
    """Whether a line's end certainly comes after it; what is empty or stands at an edge may vanish."""
    following = node.next_sibling
    if following is None:
        return is_block(node.parent)
    after: PageElement | None = following
    while after is not None and is_break(after):
        after = neighbour(after, forward=True)
    if after is not following:
        return isinstance(after, NavigableString)
    return isinstance(following, Tag) and following.name in OPENING and bool(following.get_text().strip())


def is_block(node: PageElement | None) -> bool:
    return isinstance(node, Tag) and (node.name in BLOCKS or isinstance(node, BeautifulSoup))


def is_break(node: PageElement | None) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def neighbour(node: PageElement, *, forward: bool) -> PageElement | None:
    """The next or previous sibling that is more than white space."""
    sibling = node.next_sibling if forward else node.previous_sibling
    while isinstance(sibling, NavigableString) and not sibling.strip():
        sibling = sibling.next_sibling if forward else sibling.previous_sibling
    return sibling


def beside(node: PageElement, *, forward: bool) -> str:
    """The text right after or before, on the same line."""
    sibling = node.next_sibling if forward else node.previous_sibling
    if sibling is None:
        return "" if node.parent is None or is_block(node.parent) else beside(node.parent, forward=forward)
    if isinstance(sibling, NavigableString) and not sibling:
        return beside(sibling, forward=forward)
    return "" if is_block(sibling) or is_break(sibling) else sibling.get_text() or NO_TEXT


def follows_code(node: Tag) -> bool:
    """Whether code comes right before: its closing mark and the next opening one would be read as one."""
    before = node.previous_element
    while before is not None and _may_vanish(before):
        before = before.previous_element
    return isinstance(before, NavigableString) and before.find_parent(LITERAL) is not None


def _may_vanish(node: PageElement) -> bool:
    return node.name in WRAPPERS if isinstance(node, Tag) else not str(node)
