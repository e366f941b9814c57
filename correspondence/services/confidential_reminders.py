"""Confidential letters that stay unread: their recipients are reminded once, operators see them (notifications.md 7.3).

A mail goes to the recipient, with the dialog service also one dialog for all of a recipient's reminders. All of it
goes away when the recipient opens the letter, or nobody can open it any more.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from correspondence.enums import Language
from correspondence.jobs import defer_reminder_dialogs
from correspondence.models import ConfidentialReminder, Correspondence, CorrespondenceQuerySet, Message
from correspondence.services.confidential import reminder_age
from journal.enums import FollowUpKind
from journal.services.follow_ups import FollowUpData, open_follow_ups, resolve_follow_ups
from notifications.enums import NotificationChannel, OrderPurpose
from notifications.requests import LetterToTell, MessageToTell, NotificationRequest
from notifications.services.orders import OrderPlan, place_orders, plan_orders
from notifications.services.release import release_orders
from registry.identifiers import identifier_of
from registry.ids import uuid7
from registry.services.directory import find_parties, find_resource

MAIL = NotificationRequest(
    channel=NotificationChannel.EMAIL,
    email_subject="$recipientName$ har taushetsbelagt post som ikke er åpnet",
    email_body=(
        "Dette er en automatisk påminnelse.\n\n"
        "$recipientName$ har taushetsbelagt post som ingen har åpnet. Logg inn for å lese den."
    ),
)
UNREAD = "Nobody has read this confidential letter since {published:%d.%m.%Y}; its recipient was reminded."


def remind_of_confidential(*, message_id: uuid.UUID) -> None:
    """Remind the recipients of the message's letters that are old enough, unread, and not reminded of yet."""
    message = Message.objects.get(pk=message_id)
    while letters := list(_unread(message, timezone.now())):
        plan = _planned(message, letters, timezone.now())
        if _remind(message, letters, plan):
            return


def settle_reminder(letter: Correspondence, *, because: str) -> None:
    """The letter was opened, or is gone: so is what reminded of it."""
    if not letter.message.is_confidential:
        return
    reminder = ConfidentialReminder.objects.filter(correspondence=letter).first()
    if reminder is None:
        return
    causes, now = [str(letter.pk)], timezone.now()
    with transaction.atomic():
        reminder.delete()
        resolve_follow_ups(FollowUpKind.UNREAD_CONFIDENTIAL, causes, resolution=because, at=now)
        if reminder.dialog_id:
            defer_reminder_dialogs([reminder.dialog_id])


def _unread(message: Message, at: datetime) -> CorrespondenceQuerySet:
    letters = Correspondence.objects.available().filter(message=message, read_at__isnull=True)
    old_enough = letters.filter(published_at__lte=at - reminder_age(), confidential_reminder__isnull=True)
    return old_enough.order_by("pk")


def _planned(message: Message, letters: Sequence[Correspondence], at: datetime) -> OrderPlan:
    """The registers are asked here, before the transaction."""
    resource = find_resource(message.resource_id)
    sender = find_parties([message.sender_urn]).get(message.sender_urn)
    told = MessageToTell(
        resource_id=message.resource_id,
        resource_title=resource.title_in(Language.BOKMAL) if resource else message.resource_id,
        sender_urn=message.sender_urn,
        sender_name=message.message_sender or (sender.name if sender else identifier_of(message.sender_urn)),
        title=message.title,
        language=Language.BOKMAL,
        publish_time=at,
        ignore_reservation=message.ignore_reservation,
        letters=tuple(
            LetterToTell(
                correspondence_id=letter.pk,
                recipient_urn=letter.recipient_urn,
                recipient_name=letter.recipient_name,
            )
            for letter in letters
        ),
    )
    return plan_orders(request=MAIL, message=told, at=at, purpose=OrderPurpose.CONFIDENTIAL)


def _remind(message: Message, letters: Sequence[Correspondence], plan: OrderPlan) -> bool:
    """False, and nothing is done, when one of the letters was opened or reminded of since the plan was made."""
    ids = [letter.pk for letter in letters]
    with transaction.atomic():
        held = list(Correspondence.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
        if _unread(message, plan.at).filter(pk__in=ids).count() != len(ids):
            return False
        _store_reminders(held, plan.at)
        place_orders(plan)
        release_orders(correspondence_ids=ids, at=plan.at, purpose=plan.purpose)
        open_follow_ups(_follow_up(letter) for letter in held)
    return True


def _store_reminders(letters: Sequence[Correspondence], at: datetime) -> None:
    """With the dialog that the recipient's other reminders have; without a dialog service there is none."""
    urns = [letter.recipient_urn for letter in letters]
    earlier = ConfidentialReminder.objects.filter(recipient_urn__in=urns, dialog_id__isnull=False)
    dialogs = dict(earlier.values_list("recipient_urn", "dialog_id"))
    reminders = [
        ConfidentialReminder(
            correspondence=letter,
            recipient_urn=letter.recipient_urn,
            dialog_id=(dialogs.get(letter.recipient_urn) or uuid7()) if settings.DIALOG_SERVICE_URL else None,
            created_at=at,
        )
        for letter in letters
    ]
    ConfidentialReminder.objects.bulk_create(reminders)
    defer_reminder_dialogs(
        [one.dialog_id for one in reminders if one.dialog_id and one.dialog_id not in dialogs.values()]
    )


def _follow_up(letter: Correspondence) -> FollowUpData:
    return FollowUpData(
        kind=FollowUpKind.UNREAD_CONFIDENTIAL,
        cause=str(letter.pk),
        summary=UNREAD.format(published=letter.published_at),
        correspondence_id=letter.pk,
    )
