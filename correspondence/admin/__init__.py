"""Pages of letters and of the requests they came with."""

from correspondence.admin.correspondence import CorrespondenceAdmin
from correspondence.admin.message import MessageAdmin
from correspondence.admin.report import DailyReportAdmin

__all__ = ["CorrespondenceAdmin", "DailyReportAdmin", "MessageAdmin"]
