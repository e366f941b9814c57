"""Pages of letters and of the requests they came with."""

from correspondence.admin.correspondence import CorrespondenceAdmin
from correspondence.admin.message import MessageAdmin

__all__ = ["CorrespondenceAdmin", "MessageAdmin"]
