from correspondence.models.correspondence import Correspondence, CorrespondenceQuerySet, PartyAccess
from correspondence.models.forwarding import Forwarding
from correspondence.models.history import Fetch, StatusEvent
from correspondence.models.message import Message

__all__ = [
    "Correspondence",
    "CorrespondenceQuerySet",
    "Fetch",
    "Forwarding",
    "Message",
    "PartyAccess",
    "StatusEvent",
]
