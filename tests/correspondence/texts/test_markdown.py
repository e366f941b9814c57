"""Bodies as `/content` answers them: Markdown without HTML (initialize.md 3.4, lifecycle.md 3.3)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.gfm import gfm_plugin

from correspondence.services.markdown import to_markdown
from tests.correspondence.texts.letters import LETTERS

LONGEST = 30_000
SECONDS = 15
"""Five times what the slowest body here takes alone on an old machine; what grows with the square takes minutes."""


class TakesAnyTarget(MarkdownIt):
    def validateLink(self, url):  # noqa: N802
        return True


READERS = (
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("commonmark", {"html": True}).use(gfm_plugin),
    TakesAnyTarget("commonmark", {"html": True}),
)


def tokens(markdown, reader):
    waiting = reader.parse(markdown)
    while waiting:
        token = waiting.pop()
        waiting += token.children or ()
        yield token


def assert_harmless(markdown):
    """Neither HTML nor a target that runs code, for whoever reads it as Markdown."""
    for reader in READERS:
        for token in tokens(markdown, reader):
            assert token.type not in {"html_block", "html_inline"}, markdown
            target = str(token.attrs.get("href") or token.attrs.get("src") or "")
            assert target.startswith(("http:", "https:", "mailto:", "#")) or not target, markdown


CONVERTED = {
    "plain text": ("Hei\n\nPå gjensyn", "Hei\n\nPå gjensyn"),
    "line breaks": ("en\nto  \ntre\\\nfire", "en\nto  \ntre  \nfire"),
    "paragraphs and breaks in HTML": (
        "<p>Hei <b>Åse</b>,<br>takk.<br><br>Mer.</p><p>Slutt</p>",
        "Hei **Åse**,  \ntakk.\n\nMer.\n\nSlutt",
    ),
    "HTML among Markdown": (
        "Hei <strong>du</strong> og **du**<br/>ny",
        "Hei **du** og **du**  \nny",
    ),
    "heading": ("Tittel\n===\n\n<h2>Under #</h2>", "# Tittel\n\n## Under \\#"),
    "nested list in HTML": (
        "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
        "- a\n  1. b\n  2. c\n- d",
    ),
    "list that begins at three": ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
    "lists beside each other": ("- a\n\n* b", "- a\n\n* b"),
    "task list": ("- [x] gjort\n- [ ] gjør", "- [x] gjort\n- [ ] gjør"),
    "table in HTML": (
        "<table><tr><td>Post</td><td>Kr | øre</td></tr><tr><td>Sum</td></tr></table>",
        "| Post | Kr \\| øre |\n| --- | --- |\n| Sum |  |",
    ),
    "table with alignment": ("|a|b|\n|:-:|--:|\n|1|2|", "| a | b |\n| :---: | ---: |\n| 1 | 2 |"),
    "code block": ("```python\nif a < b:\n    x('<b>')\n```", "```python\nif a < b:\n    x('<b>')\n```"),
    "code block with a fence in it": ("````\n```\n````", "````\n```\n````"),
    "indented code": ("    a\n    b", "```\na\nb\n```"),
    "code span with a mark in it": ("`` a`b ``", "`` a`b ``"),
    "quote": ("> a\n> > b", "> a\n>\n> > b"),
    "ruler": ("---\n\na", "***\n\na"),
    "YAML front matter": ("---\ntitle: x\n---\nHei", "Hei"),
    "footnote": ("Se[^1].\n\n[^1]: Noten.", "Se^1^.\n\n***\n\n1. Noten."),
    "definition list": ("Ord\n: Forklaring", "Ord\n:   Forklaring"),
    "struck out, super- and subscript": (
        "<del>a</del> m<sup>2</sup> H<sub>2</sub>O",
        "~~a~~ m^2^ H~2~O",
    ),
    "addresses": (
        "Se https://www.nav.no/a_b?c=1&d=2, www.nav.no. eller <post@nav.no>!",
        "Se https://www.nav.no/a_b?c=1&d=2, www.nav.no. eller post@nav.no!",
    ),
    "link": ('<a href="https://x.no/?a=1&amp;b=2">her</a>', "[her](https://x.no/?a=1&b=2)"),
    "link with parentheses": ("[a](<https://x.no/(b)>)", "[a](<https://x.no/(b)>)"),
    "link with a title": ('[a](https://x.no "T")', '[a](https://x.no "T")'),
    "bold address that is a link": (
        '<a href="https://x.no"><b>https://x.no</b></a>',
        "[**https\\://x.no**](https://x.no)",
    ),
    "link with brackets in its text": ('<a href="https://x.no">[1] a]</a>', "[\\[1\\] a\\]](https://x.no)"),
    "address with a star": ("<p>https://x.no/a*b*</p>", "<https://x.no/a*b>\\*"),
    "link right behind an exclamation mark": ('Se!<a href="https://x.no">a</a>', "Se\\![a](https://x.no)"),
    "code beside code": ("<code>a</code><code>b</code>", "`a` `b`"),
    "mailto": ('<a href="mailto:a@b.no">skriv</a>', "[skriv](mailto:a@b.no)"),
    "Norwegian letters in a target": ("[a](https://x.no/å)", "[a](https://x.no/å)"),
    "relative link": ("Se [skjema](/sti/til).", "Se skjema.\n\n/sti/til"),
    "relative link in HTML": ('<a href="/a?b=1&amp;c=2">skjema</a>', "skjema\n\n/a?b=1&c=2"),
    "link that a comment held": ('Hei<!-- <a href="https://x.no">x</a> -->', "Hei\n\nhttps://x.no"),
    "link that runs code": ('<a href="javascript:alert(1)">x</a> [y](javascript:alert(1))', "x y"),
    "image": ("![Kart](https://x.no/k.png)", "![Kart](https://x.no/k.png)"),
    "image without a place on the web": ('<img src="data:image/png;base64,AA" alt="Kart">', "Kart"),
    "script and style": ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
    "comment": ("a<!-- b -->c", "ac"),
    "unknown tag": ("<x-y>beholdt</x-y> <font color=red>rød</font>", "beholdt rød"),
    "HTML written out": ("&lt;script&gt; 1 < 2 <3 AT&T &amp;amp;", "\\<script> 1 < 2 <3 AT&T \\&amp;"),
    "marks that are no markup": (
        "2 * 3, snake_case, C:\\x, #404, 1.234",
        "2 * 3, snake_case, C:\\x, #404, 1.234",
    ),
    "escaped marks": ("\\*a\\* \\# x\n\\- y", "\\*a\\* # x\n\\- y"),
    "emphasis that Markdown cannot express": ("<b>Merk:</b>tekst", "Merk:tekst"),
    "no-break space": ("1&nbsp;000 kr", "1\xa0000 kr"),
    "empty": ("", ""),
    "nothing to see": ("<p>&nbsp;</p><div><br></div>", ""),
}


@pytest.mark.contract("initialize.md#3.4")
@pytest.mark.parametrize(("body", "markdown"), CONVERTED.values(), ids=CONVERTED)
def test_body_is_converted(body, markdown):
    """MA09"""
    assert to_markdown(body) == markdown
    assert to_markdown(markdown) == markdown
    assert_harmless(markdown)


@pytest.mark.parametrize("body", LETTERS.values(), ids=LETTERS)
def test_converting_a_letter_again_changes_nothing(body):
    once = to_markdown(body)

    assert to_markdown(once) == once
    assert_harmless(once)


def test_markdown_of_a_letter_is_kept_as_it_is_spelled():
    assert to_markdown(LETTERS["Markdown"]) == LETTERS["Markdown"]


ADDRESS = '<a href="https://x.no">https://x.no</a>'
VANISHING = [
    *("<div></div>", "<br><div></div>", "<br><br><div> </div>", "<p><br></p>", "<h1></h1>", "<ul></ul>", "<pre></pre>"),
    *("<dl><dd></dd></dl>", "<table></table>", "<hr>", "<i></i>", "<b> </b>", "<code></code>", "<input>", "<a></a>"),
]  # fmt: skip
AROUND = [
    "<div>%s</div>",
    "<table><tr><td>%s</td></tr></table>",
    "<ul><li>%s</ul>",
    "<h2>%s</h2>",
    "<dl><dt>%s</dl>",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("between", VANISHING)
def test_what_vanishes_joins_nothing_to_a_tag_or_a_link(around, between):
    for before in (ADDRESS, "https://x.no", "[a]", "&amp;", "&lt;", "\\", "!"):
        for after in ("&lt;script>", "(javascript:x)", "script>", ADDRESS):
            assert_harmless(to_markdown(around % (before + between + after)))


PIECES = [
    *("<script>alert(1)</script>", "<svg onload=x>", "<img src=x onerror=alert(1)>", "<style>", "</style>", "<!--", "-->"),
    *("<a href='javascript:x'>", '<a href="https://x.no/a">', "<a>", "</a>", "(javascript:x)", "[x]: javascript:y"),
    *("<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<div>", "</div>", "<br>", "<h1>", "<q>", "<sup>", "</sup>", "<x-y>"),
    *("<table><tr><td>", "</td><td>", "</td></tr></table>", "<ul><li>", "</li></ul>", "<input type=checkbox>", "<dt>"),
    *("<code>", "</code>", "<pre>", "</pre>", "<textarea>", "<math>", "<img src='https://x.no/i' alt=\"](javascript:x)\">"),
    *("[", "]", "](", "![", "(", ")", "<", "&lt;", "&amp;", "&", "lt;", "script>", "\\", "!", "^", "[^1]", "[^1]: n", ": "),
    *("`", "``", "```\n", "*", "**", "_", "~", "~~", "#", "\n", "\n\n", " ", "    ", "  \n", "- ", "- [ ] ", "1. ", "> ", "|"),
    *("---", "\n---\n", "===", "https://", "www.", "www.x.no", "https://x.no/_a_", "a@b.no", "&nbsp;", "\t", "a", "å", "b c"),
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=400, deadline=None)
def test_whatever_is_put_together_becomes_harmless(body):
    assert_harmless(to_markdown(body))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_becomes_harmless(body):
    assert_harmless(to_markdown(body))


@given(st.text(alphabet="abcæøåÆØÅ ,.!?\n", max_size=200))
@settings(max_examples=100, deadline=None)
def test_words_stay_what_they_are(body):
    assert to_markdown(body).split() == body.split()


REPEATED = [
    *(">", "> ", "- ", "1. ", "[", "![", "[](", "[a](", "[^", "*a ", "**a", "a*", "_a ", "~~a", "`", "`a", "\\", "&amp;"),
    *("<", "<a ", "<b>", "<div>", "<a>", "<i><b>", "<table>", "<table><tr><td>", "<ul><li>", "<ol><li>", "<blockquote>"),
    *("<!--", "<b>a</b>", "<br>", "<code>", "<code></code>", "<svg>", "<script>", "- a\n", "1.\n", "a|b\n", "# \n"),
    *("www.", "http://", "a@b.c ", '<a href="/a">b</a>', "](", "a\n: b\n", "<dl><dd>", "<q>", "<sup>a", "{", "|", "\n"),
]  # fmt: skip
HEAVY = {
    **{piece: (piece * LONGEST)[:LONGEST] for piece in REPEATED},
    "spaces": "a" + " " * (LONGEST - 2) + "b",
    "many columns": "|a" * 7_000 + "|\n" + "|-" * 7_000 + "|\n",
    "many cells": "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|\n" * 14_000,
    "deep list": "".join("  " * depth + "- a\n" for depth in range(170)),
    "many targets": "".join(f"](x{number})" for number in range(3_000)),
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=map(repr, HEAVY))
def test_heaviest_body_takes_no_more_than_seconds(body):
    began = time.process_time()
    markdown = to_markdown(body)

    assert time.process_time() - began < SECONDS
    assert_harmless(markdown[:2_000])


def test_text_deeper_than_any_letter_is_kept():
    assert "innerst" in to_markdown("<div>" * 500 + "innerst" + "</div>" * 500)
