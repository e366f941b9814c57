"""The standard mail as HTML: the same words as its plain text, larger and in order.

Nothing is fetched, nothing can be clicked, and every style stands at its element, since mail programs drop sheets.
"""

import re

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

PARAGRAPH = re.compile(r"\n\s*\n")


def paragraphs(text: str) -> list[SafeString]:
    """The paragraphs of a plain text, escaped, a line break where the text has one."""
    return [
        mark_safe(escape(paragraph.strip()).replace("\n", "<br>"))  # noqa: S308 - escaped
        for paragraph in PARAGRAPH.split(text.replace("\r\n", "\n"))
        if paragraph.strip()
    ]


def standard_mail(*, language: str, sender: str, subject: str, content: list[SafeString]) -> str:
    """The whole document. `content` is HTML already.

    What Django renders counts as safe to put into a page as it is; `strip` makes it a text like any other again,
    which pages escape.
    """
    context = {"language": language, "sender": sender, "subject": subject, "content": content}
    return render_to_string("notifications/mail.html", context).strip() + "\n"
