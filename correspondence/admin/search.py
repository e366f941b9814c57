"""How an operator finds a letter: by what people have at hand, asking indexes only."""

import uuid

from django.db.models import Q, QuerySet

from correspondence.models import Correspondence, Message
from notifications.models import Order
from registry.admin.search import as_urn, as_uuid
from registry.models import Resource


def letters_found(letters: QuerySet[Correspondence], term: str) -> QuerySet[Correspondence]:
    """By id of letter, request or order, by idempotency key, by recipient, else by the sender's exact reference."""
    if identity := as_uuid(term):
        return letters.filter(Q(pk__in=_letters_of_order(identity)) | Q(message__in=_messages(identity)))
    if urn := as_urn(term):
        return letters.filter(recipient_urn=urn)
    # The index on references begins with the owner, so every owner is named.
    referred = Correspondence.objects.filter(owner_org__in=_owners()).with_reference(term)
    return letters.filter(pk__in=referred.values("pk"))


def messages_found(messages: QuerySet[Message], term: str) -> QuerySet[Message]:
    """By its own id or idempotency key, by a letter's id, else by the sender's exact reference."""
    if identity := as_uuid(term):
        return messages.filter(pk__in=[*_messages(identity), *_messages_of_letter(identity)])
    found = Correspondence.objects.filter(owner_org__in=_owners()).with_reference(term)
    return messages.filter(pk__in=found.values("message_id"))


def _messages(identity: uuid.UUID) -> list[uuid.UUID]:
    keyed = Message.objects.filter(owner_org__in=_owners(), idempotency_key=identity)
    return [identity, *keyed.values_list("pk", flat=True)]


def _messages_of_letter(identity: uuid.UUID) -> list[uuid.UUID]:
    return list(Correspondence.objects.filter(pk=identity).values_list("message_id", flat=True))


def _letters_of_order(identity: uuid.UUID) -> list[uuid.UUID]:
    ordered = Order.objects.filter(pk=identity).values_list("correspondence_id", flat=True)
    return [identity, *ordered]


def _owners() -> list[str | None]:
    """Every organisation that letters can be sent for: the registry's rows, never the letters' distinct values."""
    return list(Resource.objects.order_by().values_list("owner__org_number", flat=True).distinct())
