"""The contract's scope policies (access.md 1.4). A view names the one it demands; without one it denies."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from registry.callers import Caller
from registry.enums import Scope, TokenKind


class ScopePolicy(BasePermission):
    """Passes callers whose token fulfils the policy; `takes` are the kinds of token it accepts at all."""

    takes: frozenset[TokenKind]

    def fulfilled_by(self, caller: Caller) -> bool:
        raise NotImplementedError

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Caller) and self.fulfilled_by(request.user)


class DenyAll(ScopePolicy):
    takes = frozenset(TokenKind)

    def fulfilled_by(self, caller: Caller) -> bool:
        return False


class Sender(ScopePolicy):
    takes = frozenset({TokenKind.ALTINN, TokenKind.MASKINPORTEN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.may_send


class Recipient(ScopePolicy):
    takes = frozenset({TokenKind.ALTINN, TokenKind.DIALOGPORTEN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.may_receive


class SenderOrRecipient(ScopePolicy):
    takes = frozenset({TokenKind.ALTINN, TokenKind.MASKINPORTEN, TokenKind.DIALOGPORTEN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.may_send_or_receive


class DownloadAttachment(ScopePolicy):
    takes = frozenset({TokenKind.ALTINN, TokenKind.DIALOGPORTEN, TokenKind.IDPORTEN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.may_download


class CheckAllowForwarding(ScopePolicy):
    takes = frozenset({TokenKind.ALTINN, TokenKind.DIALOGPORTEN, TokenKind.IDPORTEN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.has_scope(Scope.FORWARDING_CHECK)


class NotificationCheck(ScopePolicy):
    takes = frozenset({TokenKind.MASKINPORTEN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.has_scope(Scope.NOTIFICATION_CHECK)


class EventSubscriber(ScopePolicy):
    takes = frozenset({TokenKind.ALTINN})

    def fulfilled_by(self, caller: Caller) -> bool:
        return caller.has_scope(Scope.SUBSCRIBE)
