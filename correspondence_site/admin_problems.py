"""What goes wrong in the operators' interface, as a page in its look; the API keeps its own answers (problems.py)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

ADMIN = "/admin/"
WORDS = {
    400: ("The address is not understood", "Something in it cannot be read here."),
    403: ("You may not see or do this", "Ask an administrator for the right, if it belongs to your work."),
    404: ("There is no such page", "It may have been there before, or the address is mistyped."),
    500: (
        "Something went wrong",
        "It is in the log. Tell whoever looks after this installation the trace id.",
    ),
}
STALE_FORM = ("The form was not accepted", "Go back, reload the page and try again.")


def is_in_admin(request: Any) -> bool:
    return f"{request.path}/".startswith(ADMIN)


def page(
    request: HttpRequest, status: int, *, words: tuple[str, str] | None = None, frame: bool = False
) -> HttpResponse:
    """`frame`: with the header and sidebar of who is logged in, which need the database."""
    title, text = words or WORDS[status]
    context = {
        "title": title,
        "text": text,
        "trace_id": request.META.get("correspondence.trace_id") if status == 500 else "",  # noqa: PLR2004
    }
    if frame and hasattr(request, "user"):
        html = render_to_string(
            "admin/problem.html", {**admin.site.each_context(request), **context}, request=request
        )
    else:
        names = {"site_title": admin.site.site_title, "site_header": admin.site.site_header}
        html = render_to_string("admin/problem.html", {**names, **context})
    return HttpResponse(html, status=status)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's check against forged forms refuses; only the operators' interface has forms."""
    del reason  # it helps whoever forges
    return page(request, 403, words=STALE_FORM)
