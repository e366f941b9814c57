"""What the pages of the operators' interface share: read-only, quick on large tables, numbers masked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registry.admin.readable import ReadableFiltersAdmin
from registry.identifiers import identifier_of, masked

M = TypeVar("M", bound=Model)
MOST_COUNTED = 10_000
ROWS_SHOWN = 20
"""In tables inside a page; the whole list is a link away."""


class CappedPaginator(Paginator[Any]):
    """Counts no further than anybody would leaf: counting a table of many millions takes seconds."""

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)  # the admin pages querysets only
        return rows.order_by()[:MOST_COUNTED].count()


class DeskAdmin(ReadableFiltersAdmin[M]):
    """A list with a name, a word of help, and a search that only asks indexes."""

    list_title: ClassVar[str]
    list_help: ClassVar[str] = ""
    empty_help: ClassVar[str] = "Nothing here yet."
    one: ClassVar[str] = ""
    many: ClassVar[str] = ""
    """What the rows are counted as, where the model's own name is not the operators' word."""
    search_by: ClassVar[Mapping[str, Callable[[str], object]]] = {}
    """By look-up on an indexed column: how a search term is read for it; None when it is no such thing."""
    paginator = CappedPaginator
    show_full_result_count = False
    sortable_by = ()  # an order that no index has would sort the whole table
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return list(self.search_by)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        term = search_term.strip()
        return (self.found(queryset, term) if term else queryset), False

    def found(self, queryset: QuerySet[M], term: str) -> QuerySet[M]:
        condition = Q()
        for lookup, read in self.search_by.items():
            if (value := read(term)) is not None:
                condition |= Q(**{lookup: value})
        return queryset.filter(condition) if condition else queryset.none()

    def heading(self, row: M) -> str:
        """What the page of one row is called."""
        return str(row)

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the page of one row shows beside Django's own."""
        return {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        words = {"title": self.list_title, "list_help": self.list_help, "empty_help": self.empty_help}
        return super().changelist_view(request, {**words, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        words = {"list_title": self.list_title, "subtitle": None, **self.page_context(request)}
        return super().changeform_view(request, object_id, form_url, {**words, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        return super().render_change_form(
            request, {**context, "heading": self.heading(row) if row else ""}, *args, **kwargs
        )


class ReadOnlyMixin:
    """Nothing is added, changed or deleted here: history and registers have their own ways in."""

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def link_to(label: str, pk: object, text: object) -> SafeString | str:
    """A link to the page of a row, by the model's label, so that an app can point upwards without importing."""
    if pk is None:
        return "–"
    app, model = label.lower().split(".")
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{app}_{model}_change", args=[pk]), text)


def list_of(label: str, **filters: object) -> str:
    """The address of a list, filtered."""
    app, model = label.lower().split(".")
    return reverse(f"admin:{app}_{model}_changelist", query=filters or None)


def masked_identifier(urn: str) -> str:
    """The number, address or name that a URN ends with; a national identity number without its last digits."""
    return identifier_of(masked(urn))


def pill(text: object, tone: str = "neutral") -> SafeString:
    """A state as a small label; `tone` is good, warn, bad, info or neutral, and never the only bearer of meaning."""
    return format_html('<span class="pill pill-{}">{}</span>', tone, text)


def moment(at: datetime | None) -> str:
    """A time to the minute, on the operator's clock."""
    return date_format(localtime(at), "j M Y H:i") if at else "–"


def links(addresses: Mapping[str, str]) -> str:
    """Links side by side, by their text."""
    return format_html_join(" · ", '<a href="{}">{}</a>', ((url, name) for name, url in addresses.items()))


def table_of(headers: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str, more: str = "") -> str:
    """A small table inside a page; `more` is the address of the whole list."""
    labelled = [list(zip(headers, row, strict=True)) for row in rows]
    context = {"headers": headers, "rows": labelled, "empty": empty, "more": more}
    return render_to_string("admin/includes/related_rows.html", context)
