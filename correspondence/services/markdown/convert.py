"""A letter's body as GitHub-flavoured Markdown: what `/content` answers (initialize.md 3.4, api.md 5.6).

Senders mix Markdown and HTML. The body is rendered to HTML, cleaned there, and written back as Markdown in which
neither HTML nor a target that runs code is left. What the body looks like stays; how it was spelled does not.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.gfm import gfm_plugin

from correspondence.services.markdown.escape import as_text
from correspondence.services.markdown.tree import BLOCKS, WRAPPERS
from correspondence.services.markdown.writer import MarkdownWriter

MAX_TAGS = 10_000
"""In the rendered body. Beyond it (a table of thousands of cells out of a few characters) only the text is kept."""
LINK_TARGET = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')|\]\(\s*<?([^\s()<>]+)""", re.IGNORECASE)
RUNS_CODE = re.compile(r"[\s\x00-\x1f]*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
LANGUAGE = re.compile(r"language-[\w+#.-]+")


class _Renderer(MarkdownIt):
    """Takes every link as it is written; which targets may stay is decided when the HTML is cleaned."""

    def validateLink(self, url: str) -> bool:
        return True

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link


def to_markdown(body: str) -> str:
    """The body as Markdown without HTML. Targets of links that got lost on the way follow, each on its own line.

    Safe for any text: no HTML, script or link other than http, https and mailto is left for whoever renders it.
    """
    html = CLEANER.clean(RENDERER.render(body)).replace("<p></p>", "")
    text = WRITER.convert(f"<div>{html}</div>") if html.count("<") <= MAX_TAGS else _text_of(html)
    lost = [target for target in _link_targets(body) if target not in text]
    lines = as_text("".join(f"{target}\n" for target in lost)).strip()
    return "\n\n".join(part for part in (text, lines) if part)


def _text_of(html: str) -> str:
    lines = unescape(nh3.clean(html, tags=set())).splitlines()
    return as_text("\n".join(line.strip() for line in lines)).strip()


def _link_targets(body: str) -> Iterator[str]:
    found = (unescape("".join(match)) for match in LINK_TARGET.findall(body))
    targets = (" ".join(target.split()) for target in found)
    return (target for target in dict.fromkeys(targets) if target and not RUNS_CODE.match(target))


def _renderer() -> MarkdownIt:
    renderer = _Renderer("commonmark", {"html": True, "maxNesting": 100})
    renderer.use(gfm_plugin, front_matter=True).use(deflist_plugin)
    renderer.options["alerts"] = False  # stay quotes, as GitHub writes them
    renderer.options["strikethrough_single_tilde"] = False  # `H~2~O` is a subscript where letters come from
    renderer.add_render_rule("footnote_ref", _footnote_number)
    renderer.add_render_rule("footnote_anchor", lambda *_: "")
    return renderer


def _footnote_number(_renderer: Any, tokens: Any, index: int, *_: Any) -> str:
    return f"<sup>{tokens[index].meta['id'] + 1}</sup>"


def _only_a_language(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "class" or LANGUAGE.fullmatch(value) else None


RENDERER = _renderer()
CLEANER = nh3.Cleaner(
    tags=BLOCKS | WRAPPERS | {"br", "img", "input"},
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "code": {"class"},
        "input": {"type", "checked"},
        "ol": {"start"},
        "td": {"align", "style"},
        "th": {"align", "style"},
    },
    attribute_filter=_only_a_language,
    filter_style_properties={"text-align"},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)
WRITER = MarkdownWriter()
