"""Our standard wording: each change is a new version, with who made it, when and why. No version is ever changed."""

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications.enums import Channel
from notifications.errors import WordingRefused
from notifications.models import Template, TemplateVersion
from notifications.services.wording import (
    LETTER_RECIPIENT_NAME,
    MESSAGE_TITLE,
    RECIPIENT_NAME,
    RECIPIENT_NUMBER,
    RESOURCE_NAME,
    SENDERS_NAME,
    TEXT_TOKEN,
)
from registry.models import User
from registry.services.audit import record_audit

KEYWORDS = (SENDERS_NAME, LETTER_RECIPIENT_NAME, RESOURCE_NAME, MESSAGE_TITLE)
"""What the standard wording may use: known for every recipient."""
NOT_FOR_ADDRESSES = (RECIPIENT_NAME, RECIPIENT_NUMBER)
SPELT_RIGHT = {keyword.lower(): keyword for keyword in KEYWORDS}
MARKED = re.compile(r"\$[^\W\d_]\w*\$?|\{[^{}]*\}|[{}]")
"""What looks like a keyword or a token, closed or not. `$100` is money."""
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SMS = 512, 10_000, 2_144


def save_wording(
    *, template: Template, subject: str, body: str, seen: int, operator: User, reason: str
) -> TemplateVersion:
    """A new version. `seen` is the number of the version that the operator started from. Raises WordingRefused."""
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    problems = [
        sentence
        for found in problems_of(Channel(template.channel), subject, body).values()
        for sentence in found
    ]
    if not reason.strip():
        problems.append("Give a reason: it is kept with the version.")
    if problems:
        raise WordingRefused(" ".join(problems))
    with transaction.atomic():
        locked = Template.objects.select_for_update().get(pk=template.pk)
        newest = locked.versions.order_by("-number").select_related("operator")[0]
        _check_is_news(newest, subject, body, seen)
        version = TemplateVersion.objects.create(
            template=locked,
            number=newest.number + 1,
            subject=subject,
            body=body,
            operator=operator,
            reason=reason.strip(),
            created_at=timezone.now(),
        )
        record_audit(
            operator=operator,
            action="template.change",
            object_type="notifications.template",
            object_id=str(template.pk),
            reason=version.reason,
            before=_told(newest),
            after=_told(version),
        )
    return version


def _check_is_news(newest: TemplateVersion, subject: str, body: str, seen: int) -> None:
    if newest.number != seen:
        by = newest.operator or "the system"
        raise WordingRefused(
            f"{by} saved version {newest.number} meanwhile. Look at it, and save again if yours is right."
        )
    if (newest.subject, newest.body) == (subject, body):
        raise WordingRefused("Nothing was changed.")


def _told(version: TemplateVersion) -> dict[str, Any]:
    return {"version": version.number, "subject": version.subject, "body": version.body}


def problems_of(channel: Channel, subject: str, body: str) -> dict[str, list[str]]:
    """Why a text cannot be used, in sentences, by field. Empty when it can."""
    found = {"body": _problems(body, longest=LONGEST_SMS if channel == Channel.SMS else LONGEST_BODY)}
    if channel == Channel.EMAIL:
        found["subject"] = _problems(subject, longest=LONGEST_SUBJECT)
    elif subject:
        found["subject"] = ["An SMS has no subject."]
    return {field: sentences for field, sentences in found.items() if sentences}


def _problems(text: str, *, longest: int) -> list[str]:
    problems = (
        []
        if text.count(TEXT_TOKEN) == 1
        else [f"{TEXT_TOKEN} must stand here once: the sender's words go there."]
    )
    if len(text) > longest:
        problems.append(f"At most {longest} characters.")
    rest = text.replace(TEXT_TOKEN, "")
    for keyword in KEYWORDS:
        rest = rest.replace(keyword, "")
    return problems + [_unknown(word) for word in dict.fromkeys(MARKED.findall(rest))]


def _unknown(word: str) -> str:
    if word in NOT_FOR_ADDRESSES:
        return f"{word} cannot be used here: who is told at a bare address has no name."
    if right := SPELT_RIGHT.get(word.rstrip("$").lower() + "$"):
        return f"{word} is written {right}."
    return (
        f"{word} is not known. Keywords: {', '.join(KEYWORDS)}; and {TEXT_TOKEN} for the sender's own words."
    )
