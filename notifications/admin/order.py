"""Orders and their notifications. Orders are sent again from the letter's page, or several from their list."""

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse

from notifications.admin.labels import asked_word, channel_word, delivery_pill, result_pill, state_pill
from notifications.admin.placing import placing_words, platform_trouble
from notifications.admin.resend_many import ask_and_send
from notifications.admin.words import as_written, media_of, words_of
from notifications.models import Notification, Order
from notifications.services.resend import MAY_RESEND
from registry.admin.base import DeskAdmin, ReadOnlyMixin, link_to, list_of, masked_identifier, table_of
from registry.admin.search import as_address, as_uuid


class PlacingFilter(admin.SimpleListFilter):
    title = "with the platform"
    parameter_name = "placing"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("waiting", "Waits to be placed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(pk__in=Order.objects.to_place()) if self.value() == "waiting" else queryset


@admin.register(Order)
class OrderAdmin(ReadOnlyMixin, DeskAdmin[Order]):
    list_title = "Orders"
    list_help = (
        "What one party is told about one letter. Search by order id or letter id,"
        " or by an address that was given instead of the party's own."
    )
    empty_help = "A letter sent with a notification makes the first order."
    list_display = ["id", "party", "to", "letter", "is_resend", "created_at", "finished_at"]
    list_filter = ["purpose", PlacingFilter]
    list_select_related = ["operator"]
    search_by = {"pk": as_uuid, "correspondence": as_uuid, "repeats": as_uuid}
    fields = [
        *("id", "letter", "purpose", "party", "to", "ignore_reservation"),
        *("repeated", "operator", "reason", "forced"),
        *("by_platform", "placing", "created_at", "finished_at", "notifications", "says"),
    ]
    readonly_fields = ["letter", "party", "to", "repeated", "placing", "notifications", "says"]
    ordering = ["-pk"]
    actions = ["send_again"]

    def found(self, queryset: QuerySet[Order], term: str) -> QuerySet[Order]:
        if address := as_address(term):
            # As the index has it: those of parties, which name no address, are not in it.
            return queryset.exclude(address="").alias(compared=Lower("address")).filter(compared=address)
        return super().found(queryset, term)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_RESEND)

    @admin.action(description="Send again…", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return ask_and_send(request, queryset, self.admin_site.each_context(request))

    def heading(self, row: Order) -> str:
        return f"Order for {row.party_name or row.address}"

    @admin.display(description="party")
    def party(self, order: Order) -> str:
        return order.party_name or "–"

    @admin.display(description="told at")
    def to(self, order: Order) -> str:
        return order.address or masked_identifier(order.party_urn)

    @admin.display(description="letter")
    def letter(self, order: Order) -> str:
        return link_to("correspondence.Correspondence", order.correspondence_id, "Open the letter")

    @admin.display(description="sent again", boolean=True)
    def is_resend(self, order: Order) -> bool:
        return order.repeats_id is not None

    @admin.display(description="repeats")
    def repeated(self, order: Order) -> str:
        return link_to("notifications.Order", order.repeats_id, order.repeats_id)

    @admin.display(description="with the platform")
    def placing(self, order: Order) -> str:
        return placing_words(order, platform_trouble([order])) or "–"

    @admin.display(description="notifications")
    def notifications(self, order: Order) -> str:
        rows = [
            (
                link_to("notifications.Notification", notification.pk, _kind(notification)),
                asked_word(notification.channel),
                result_pill(notification.result),
                state_pill(notification),
                notification.reason or "–",
            )
            for notification in order.notifications.order_by("is_reminder").prefetch_related("deliveries")
        ]
        return table_of(["What", "Channel", "Result", "State", "Why"], rows, empty="None.")

    @admin.display(description="says")
    def says(self, order: Order) -> str:
        said = [
            (_kind(notification), channel, words_of(notification, channel))
            for notification in order.notifications.order_by("is_reminder")
            for channel in media_of(notification)
        ]
        rows = [
            (kind, channel_word(channel), words.made_from, words.subject or "–", as_written(words.text))
            for kind, channel, words in said
        ]
        return table_of(["What", "Channel", "Wording", "Subject", "Text"], rows, empty="Nothing.")


@admin.register(Notification)
class NotificationAdmin(ReadOnlyMixin, DeskAdmin[Notification]):
    list_title = "Notifications"
    list_help = (
        "The main notification or the reminder of an order. Search by notification, order or shipment id."
    )
    empty_help = "A letter sent with a notification makes the first one."
    list_display = ["id", "kind", "asked", "answer", "progress", "send_at", "letter"]
    list_filter = ["is_reminder", "channel", "result", "state"]
    list_select_related = ["order"]
    search_by = {"pk": as_uuid, "order": as_uuid, "shipment_id": as_uuid}
    fields = [
        *("id", "shipment_id", "letter", "kind", "asked", "answer", "progress", "reason"),
        *("send_at", "released_at", "placed_at", "look_at", "state_changed_at", "created_at", "deliveries"),
    ]
    readonly_fields = ["kind", "asked", "answer", "progress", "letter", "deliveries"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).select_related("order").prefetch_related("deliveries")

    def heading(self, row: Notification) -> str:
        return f"{_kind(row)} notification" if not row.is_reminder else "Reminder"

    @admin.display(description="what")
    def kind(self, notification: Notification) -> str:
        return _kind(notification)

    @admin.display(description="channel")
    def asked(self, notification: Notification) -> str:
        return asked_word(notification.channel)

    @admin.display(description="result")
    def answer(self, notification: Notification) -> str:
        return result_pill(notification.result)

    @admin.display(description="state")
    def progress(self, notification: Notification) -> str:
        return state_pill(notification)

    @admin.display(description="letter")
    def letter(self, notification: Notification) -> str:
        return link_to(
            "correspondence.Correspondence", notification.order.correspondence_id, "Open the letter"
        )

    @admin.display(description="deliveries")
    def deliveries(self, notification: Notification) -> str:
        rows = [
            (
                link_to("notifications.Delivery", one.pk, one.address or "(no address)"),
                channel_word(one.channel),
                delivery_pill(one.state),
            )
            for one in notification.deliveries.order_by("pk")
        ]
        more = list_of("notifications.Delivery", notification__id__exact=notification.pk)
        return table_of(["Address", "Channel", "State"], rows, empty="Nothing was sent yet.", more=more)


def _kind(notification: Notification) -> str:
    return "Reminder" if notification.is_reminder else "Main"
