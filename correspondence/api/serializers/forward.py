"""The body of a forward (api.md 6.8)."""

from registry.api.binding import ContractSerializer
from registry.api.fields import TextField


class ForwardCorrespondenceRequest(ContractSerializer):
    """Limits are rules with numbers of their own, so that they come in their order (api.md 5.13)."""

    demanded = ("forwardTo",)

    forwardTo = TextField()
    forwardingText = TextField(required=False, allow_null=True)
