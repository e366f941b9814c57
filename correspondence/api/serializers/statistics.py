"""Bodies of the statistics endpoints (api.md 13)."""

from registry.api.binding import ContractSerializer
from registry.api.fields import FlagField


class DailySummaryRequest(ContractSerializer):
    altinn2Included = FlagField(required=False)
