"""From a cleaned tree to GitHub-flavoured Markdown.

markdownify walks the tree; here stands where GitHub's tables, code and lists ask for more than it gives, and what
lets the result be read and written again without change.
"""

import re
import unicodedata
from collections.abc import Callable

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import ATX, MarkdownConverter

from correspondence.services.markdown.escape import as_text, destination, fits
from correspondence.services.markdown.tree import (
    COLUMNS,
    ITSELF,
    MARK,
    beside,
    cells_of,
    ends_line,
    follows_code,
    is_block,
    is_break,
    neighbour,
    prepare,
)

EMPHASIS = frozenset({"b", "strong", "i", "em", "del", "s"})
ALIGNMENTS = {"left": ":---", "center": ":---:", "right": "---:"}
TASK = re.compile(r"^(\[[ x]\])\s+")
CLOSING_HASH = re.compile(r"(?<!\\)#$")
BACKTICKS = re.compile(r"`+")


def _emphasis(mark: str) -> Callable[..., str]:
    """Words between marks, unless the marks would not be read as such where they stand."""

    def convert(_: object, el: Tag, text: str, parent_tags: set[str]) -> str:
        inner = text.strip()
        if "_noformat" in parent_tags or not inner or _holds_blocks(text):
            return text
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        before, after = beside(el, forward=False)[-1:], beside(el, forward=True)[:1]
        touches_another = not lead and getattr(el.previous_sibling, "name", None) in EMPHASIS
        if touches_another or _sticks(inner[0], lead or before) or _sticks(inner[-1], trail or after):
            return text
        return f"{'' if before.isspace() else lead}{mark}{inner}{mark}{'' if after.isspace() else trail}"

    return convert


def _holds_blocks(text: str) -> bool:
    return "\n" in text.strip() and "\n\n" in text


def _sticks(inside: str, outside: str) -> bool:
    """A sign within and a letter beside it: a mark between the two opens and closes nothing."""
    return unicodedata.category(inside)[0] in "PS" and outside.isalnum()


def _title(el: Tag) -> str:
    title = as_text(" ".join(str(el.get("title") or "").split())).replace('"', '\\"')
    return f' "{title}"' if title else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


class MarkdownWriter(MarkdownConverter):
    """Each method writes one kind of tag: `text` is what its children became, `parent_tags` what stands around."""

    def __init__(self) -> None:
        super().__init__(
            heading_style=ATX,
            bullets="-",
            escape_asterisks=False,
            escape_underscores=False,
        )

    def convert_soup(self, soup: BeautifulSoup) -> str:
        prepare(soup)
        return super().convert_soup(soup).strip()

    convert_b = convert_strong = _emphasis("**")
    convert_i = convert_em = _emphasis("*")
    convert_del = convert_s = _emphasis("~~")
    convert_sub, convert_sup = _emphasis("~"), _emphasis("^")

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        href, inner = str(el.get("href") or ""), text.strip()
        if "_noformat" in parent_tags or not href or not inner or _holds_blocks(text):
            return text
        if el.has_attr(ITSELF):
            return self._address(el, inner)
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{lead}[{inner}]({destination(href)}{_title(el)}){trail}"

    def _address(self, el: Tag, text: str) -> str:
        before, following = beside(el, forward=False)[-1:], el.next_sibling
        after = "\n" if ends_line(el) else ""
        if isinstance(following, NavigableString):
            after = following + ("\n" if ends_line(following) else "")
        if fits(text, following=after) and (not before or before in " \n("):
            return text
        if text.startswith("http") and destination(text) == text:
            return f"<{text}>"
        return f"[{as_text(text, in_brackets=True)}]({destination(str(el['href']))})"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        alt, src = _one_line(str(el.get("alt") or "")), str(el.get("src") or "")
        if not src:
            return as_text(alt)
        return f"![{as_text(alt, in_brackets=True)}]({destination(src)}{_title(el)})"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A line break; several make a paragraph, and beside a block it is nothing."""
        if "_inline" in parent_tags:
            return " "
        if "pre" in parent_tags:
            return "\n"
        before, after = neighbour(el, forward=False), neighbour(el, forward=True)
        if is_break(after) or is_block(after) or is_block(before):
            return ""
        if is_block(el.parent) and (before is None or after is None):
            return ""
        return "\n\n" if is_break(before) else "  \n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Not of hyphens, which would begin front matter on the first line."""
        return " " if "_inline" in parent_tags else "\n\n***\n\n"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:
        line = _one_line(text)
        if "_inline" in parent_tags or not line:
            return f" {line} "
        line = CLOSING_HASH.sub(r"\\#", line)
        return f"\n\n{'#' * min(n, 6)} {line}\n\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        return (" " if follows_code(el) else "") + self._code_span(text)

    convert_kbd = convert_samp = convert_code

    def _code_span(self, text: str) -> str:
        line = _one_line(text)
        marks = "`" * (max(map(len, BACKTICKS.findall(line)), default=0) + 1)
        space = " " if "`" in line else ""
        return f"{marks}{space}{line}{space}{marks}" if line else ""

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if not text.strip():
            return ""
        if parent_tags & {"_inline", "dt"}:
            return self._code_span(text)
        marks = "`" * max(3, *(len(run) + 1 for run in ["", *BACKTICKS.findall(text)]))
        language = str(" ".join(el.code.get_attribute_list("class")) if el.code else "").removeprefix(
            "language-"
        )
        return f"\n\n{marks}{language}\n{text.strip(chr(10))}\n{marks}\n\n"

    def convert_ul(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Below an item's own words without a blank line, unless its first number could not begin a list there."""
        items = text.strip("\n")
        is_nested = "li" in parent_tags and items.startswith(("-", "*", "1.", "1)"))
        return f"\n{items}\n\n" if is_nested else f"\n\n{items}\n\n"

    convert_ol = convert_ul

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        mark = str(el.get(MARK) or "-")
        lines = TASK.sub(r"\1 ", text.strip()).split("\n")
        indent = " " * (len(mark) + 1)
        rest = [f"{indent}{line}" if line.strip() else "" for line in lines[1:]]
        return "\n".join([f"{mark} {lines[0]}", *rest, ""])

    def convert_input(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """The box of a task."""
        is_task = (
            el.get("type") == "checkbox" and "li" in parent_tags and neighbour(el, forward=False) is None
        )
        return ("[x] " if el.has_attr("checked") else "[ ] ") if is_task else ""

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " + _one_line(text).replace("|", "\\|") + " |"

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A row; the first one is the head, which GitHub's tables always have."""
        table, cells = el.find_parent("table"), cells_of(el)
        missing = int(str(el.get(COLUMNS) or 0)) - len(cells)
        row = f"|{text}{'  |' * missing}\n"
        if table is None or table.tr is not el:
            return row
        rules = [_alignment(cell) for cell in cells] + ["---"] * missing
        return f"{row}| {' | '.join(rules)} |\n"

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        inner = text.strip("\n")
        if "_inline" in parent_tags:
            return f" {inner} "
        return f"\n\n{inner}\n\n" if inner.strip() else ""

    convert_address = convert_aside = convert_center = convert_details = convert_fieldset = convert_div
    convert_figure = convert_footer = convert_form = convert_header = convert_main = convert_nav = convert_div
    convert_article = convert_section = convert_summary = convert_caption = convert_figcaption = convert_div


def _alignment(cell: Tag) -> str:
    word = str(cell.get("style") or "").removeprefix("text-align:").strip(" ;") or str(
        cell.get("align") or ""
    )
    return ALIGNMENTS.get(word.lower(), "---")
