"""The audit trail: who changed what, and why. Append-only."""

import re
from typing import Any

from registry.enums import ActorKind
from registry.models import AuditEntry, User

PERSONAL_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{5}(?![0-9])")


def record_audit(
    *,
    action: str,
    object_type: str,
    object_id: str,
    actor_kind: ActorKind | None = None,
    operator: User | None = None,
    client_id: str = "",
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry in the caller's transaction. The actor is the operator or client given, else the system."""
    kind = actor_kind or (
        ActorKind.OPERATOR if operator else ActorKind.PARTY if client_id else ActorKind.SYSTEM
    )
    return AuditEntry.objects.create(
        actor_kind=kind,
        operator=operator,
        client_id=client_id,
        action=action,
        object_type=object_type,
        object_id=object_id,
        reason=reason,
        before=_masked(before or {}),
        after=_masked(after or {}),
    )


def _masked(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: PERSONAL_NUMBER.sub(r"\1*****", value) if isinstance(value, str) else value
        for name, value in values.items()
    }
