"""The versions of a wording, newest first, each with what it changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from notifications.models import Template, TemplateVersion

WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, kw_only=True)
class VersionPanel:
    version: TemplateVersion
    subject: SafeString
    body: SafeString
    is_newest: bool

    @property
    def who(self) -> str:
        return str(self.version.operator or "with the installation")


def version_panels(template: Template) -> list[VersionPanel]:
    versions = list(template.versions.select_related("operator").order_by("-number"))
    first = versions[-1]
    pairs = [*pairwise(versions), (first, first)]
    return [
        VersionPanel(
            version=version,
            subject=difference(before.subject, version.subject),
            body=difference(before.body, version.body),
            is_newest=version is versions[0],
        )
        for version, before in pairs
    ]


def difference(before: str, after: str) -> SafeString:
    """`after`, word by word, with what it added and what it took away marked as such."""
    return format_html_join(
        "", "{}", ((part,) for part in _parts(WORDS.findall(before), WORDS.findall(after)))
    )


def _parts(before: list[str], after: list[str]) -> Iterator[SafeString | str]:
    for tag, a1, a2, b1, b2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "".join(after[b1:b2])
            continue
        if a2 > a1:
            yield format_html("<del>{}</del>", "".join(before[a1:a2]))
        if b2 > b1:
            yield format_html("<ins>{}</ins>", "".join(after[b1:b2]))
