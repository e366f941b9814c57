"""Who is calling, worked out from a verified token (access.md 1.2 to 1.4, 1.9)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from registry.enums import RecipientKind, Scope, TokenKind


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The token's meaning. Identifiers are in the forms of `registry.identifiers`."""

    kind: TokenKind
    issuer: str
    client_id: str = ""
    scopes: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    """What a dialog token allows (`a`)."""
    party_urn: str = ""
    """Who acts, as the history names it; empty when it cannot be worked out (access.md 1.9)."""
    on_behalf_of: str = ""
    """The party, as a URN, whose letters are listed when the request names nobody (access.md 1.9)."""
    consumer_org: str = ""
    """Nine digits: whose client the token was issued to. It says nothing of who acts (access.md 1.3)."""
    is_system_user: bool = False
    """A vendor's system acts for `party_urn`: it has no rights but its own (access.md 2.3)."""
    system_user: uuid.UUID | None = None
    level: int | None = None
    has_orgcode: bool = False
    """Whether the token names a service owner (`urn:altinn:org`)."""

    def has_scope(self, scope: Scope) -> bool:
        return scope in self.scopes

    @property
    def is_organisation(self) -> bool:
        """An organisation acts itself, through no person and no system user."""
        return not self.is_system_user and self.party_urn.startswith(f"{RecipientKind.ORGANIZATION}:")

    @property
    def is_person(self) -> bool:
        """A person with a national identity number acts."""
        return not self.is_system_user and self.party_urn.startswith(f"{RecipientKind.PERSON}:")

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def may_send(self) -> bool:
        """The Sender policy (access.md 1.4)."""
        if self.kind == TokenKind.MASKINPORTEN:
            return self.has_scope(Scope.SEND) and self.has_scope(Scope.SERVICE_OWNER)
        return self.kind == TokenKind.ALTINN and self.has_scope(Scope.SEND)

    @property
    def may_receive(self) -> bool:
        """The Recipient policy for tokens it takes at all: not raw Maskinporten ones."""
        if self.kind == TokenKind.DIALOGPORTEN:
            return "read" in self.actions
        return self.kind == TokenKind.ALTINN and self.has_scope(Scope.RECEIVE)

    @property
    def may_send_or_receive(self) -> bool:
        """The SenderOrRecipient policy, where a raw Maskinporten token with the read scope passes."""
        raw_reader = self.kind == TokenKind.MASKINPORTEN and self.has_scope(Scope.RECEIVE)
        return self.may_send or self.may_receive or raw_reader

    @property
    def may_download(self) -> bool:
        """The DownloadAttachment policy."""
        if self.kind == TokenKind.ALTINN:
            return self.has_scope(Scope.RECEIVE) or self.has_scope(Scope.PORTAL_END_USER)
        return self.kind in {TokenKind.DIALOGPORTEN, TokenKind.IDPORTEN}
