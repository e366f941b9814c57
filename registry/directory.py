"""What the registers answer: plain data, whichever adapter asked (design.md point 12)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from registry.enums import Confidentiality, PartyKind


@dataclass(frozen=True, kw_only=True)
class PartyInfo:
    urn: str
    uuid: uuid.UUID
    kind: PartyKind
    name: str = ""
    party_id: int | None = None
    is_deleted: bool = False
    is_new: bool = False
    """Made up by auto-provisioning and not stored yet."""


@dataclass(frozen=True, kw_only=True)
class ResourceInfo:
    identifier: str
    owner_org: str
    """Nine digits."""
    owner_name: str
    orgcode: str
    resource_type: str
    title: dict[str, str] = field(default_factory=dict)
    minimum_level: int = 0
    minimum_level_org: int | None = None
    confidentiality: Confidentiality = Confidentiality.NONE
    access_list_only: bool = False

    def title_in(self, language: str) -> str:
        """The title in that language, else in bokmål, else the identifier."""
        return self.title.get(language.lower()) or self.title.get("nb") or self.identifier


@dataclass(frozen=True, kw_only=True)
class Contact:
    """An address of a party; `by_user`: registered by a person for an organisation."""

    email: str = ""
    mobile: str = ""
    by_user: bool = False
