from correspondence.models.activity import DialogActivity, DialogActivityQuerySet
from correspondence.models.correspondence import Correspondence, CorrespondenceQuerySet, PartyAccess
from correspondence.models.forwarding import Forwarding
from correspondence.models.history import Fetch, StatusEvent
from correspondence.models.message import Message
from correspondence.models.reminder import ConfidentialReminder
from correspondence.models.report import DailyReport, ReportUnderWay, StatisticsCall

__all__ = [
    "ConfidentialReminder",
    "Correspondence",
    "CorrespondenceQuerySet",
    "DailyReport",
    "DialogActivity",
    "DialogActivityQuerySet",
    "Fetch",
    "Forwarding",
    "Message",
    "PartyAccess",
    "ReportUnderWay",
    "StatisticsCall",
    "StatusEvent",
]
