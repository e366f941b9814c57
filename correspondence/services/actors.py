"""Who causes a transition: a party, an operator with a reason, or the system (design.md point 5)."""

import uuid
from dataclasses import dataclass
from typing import Any

from registry.directory import PartyInfo
from registry.enums import ActorKind
from registry.models import User


@dataclass(frozen=True, kw_only=True)
class Actor:
    kind: ActorKind
    party_uuid: uuid.UUID | None = None
    urn: str = ""
    operator: User | None = None
    reason: str = ""

    @classmethod
    def party(cls, party: PartyInfo) -> "Actor":
        return cls(kind=ActorKind.PARTY, party_uuid=party.uuid, urn=party.urn)

    @property
    def columns(self) -> dict[str, Any]:
        """As a status event holds them."""
        return {
            "actor_kind": self.kind,
            "actor_party_uuid": self.party_uuid,
            "actor_urn": self.urn,
            "operator": self.operator,
            "reason": self.reason,
        }


SYSTEM = Actor(kind=ActorKind.SYSTEM)
