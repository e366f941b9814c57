"""Which status may follow which, and that nothing but `transition` writes one (lifecycle.md 1.5; design.md point 5)."""

import ast
from pathlib import Path

import pytest
from django.utils import timezone

from correspondence.enums import CorrespondenceStatus as S
from correspondence.enums import Role
from correspondence.models import Correspondence, StatusEvent
from correspondence.services.actors import SYSTEM
from correspondence.services.transitions import (
    CONFIRMED,
    DOWNLOADED,
    FAILED,
    FIRST,
    FORWARDED,
    PUBLISHED,
    PURGED_BY_RECIPIENT,
    PURGED_BY_SENDER,
    READ,
    READY,
    RETRIED,
    TRANSITIONS,
    transition,
)
from journal.models import OutboundEvent
from tests.support.letters import letter, send, statuses
from tests.support.processes import ROOT
from tests.support.world import COMPANY, NO_ROLES, SUB_UNIT

AVAILABLE = {S.PUBLISHED, S.READ, S.CONFIRMED, S.ATTACHMENTS_DOWNLOADED, S.FORWARDED}
ALLOWED = {
    # from the reference's table, with design.md point 5: reserved is final, a purge is the end of everything but the
    # record of a mail that has left, and what was published never fails
    READY: {S.INITIALIZED},
    RETRIED: {S.FAILED},
    PUBLISHED: {S.INITIALIZED, S.READY_FOR_PUBLISH},
    FAILED: {S.INITIALIZED, S.READY_FOR_PUBLISH},
    READ: AVAILABLE - {S.READ},
    CONFIRMED: AVAILABLE - {S.CONFIRMED},
    DOWNLOADED: AVAILABLE,
    FORWARDED: AVAILABLE | {S.PURGED_BY_RECIPIENT},
    PURGED_BY_RECIPIENT: AVAILABLE,
    PURGED_BY_SENDER: {S.INITIALIZED, S.READY_FOR_PUBLISH, S.FAILED},
}
REACHED = sorted(FIRST | {rule.to for rule in TRANSITIONS})
TIMES = {rule.to: rule.column for rule in TRANSITIONS}


def put_in(letter_, status):
    """The columns as they are when a letter shows this status."""
    now = timezone.now()
    columns = {"status": status, "ready_at": None}
    if status not in FIRST | {S.FAILED, S.PURGED_BY_ALTINN}:
        columns["published_at"] = now
    if status in TIMES:
        columns[TIMES[status]] = now
    if status in {S.PURGED_BY_ALTINN, S.PURGED_BY_RECIPIENT}:
        columns["purged_by"] = Role.SENDER if status == S.PURGED_BY_ALTINN else Role.RECIPIENT
    Correspondence.objects.filter(pk=letter_.pk).update(**columns)


@pytest.mark.contract("lifecycle.md#1.5")
@pytest.mark.parametrize("status", REACHED, ids=lambda status: status.wire_name)
def test_what_may_follow_a_status_and_nothing_else(sender, status):
    for rule in TRANSITIONS:
        stored = send(sender)
        put_in(stored, status)
        before = statuses(stored)

        changed = transition([stored.pk], rule, actor=SYSTEM, at=timezone.now())

        follows = status in ALLOWED[rule]
        assert changed == ([stored.pk] if follows else []), rule
        assert statuses(stored) == ([*before, rule.to.wire_name] if follows else before)


def test_refused_transition_leaves_nothing(sender):
    stored = send(sender)
    put_in(stored, S.PURGED_BY_ALTINN)
    left = StatusEvent.objects.count(), OutboundEvent.objects.count()

    for rule in TRANSITIONS:
        transition([stored.pk], rule, actor=SYSTEM, at=timezone.now())

    assert (StatusEvent.objects.count(), OutboundEvent.objects.count()) == left


def test_many_letters_change_in_as_many_statements_as_one(sender, django_assert_num_queries):
    many = [f"0192:{number}" for number in (COMPANY, SUB_UNIT, NO_ROLES)]
    for recipients in (many[:1], many):
        letters = send(sender, letter(recipients=recipients)).message.correspondences
        ids = list(letters.values_list("pk", flat=True))
        with django_assert_num_queries(5):  # the letters, history, events, notifications, follow-ups
            changed = transition(ids, PUBLISHED, actor=SYSTEM, at=timezone.now())
        assert set(changed) == set(ids)


WRITERS = {"correspondence/services/transitions.py", "correspondence/services/initialize/rows.py"}
"""The second stores the statuses that a new letter begins with."""
COLUMNS = {"status", "round", "purged_by", *TIMES.values()}


def writes(node: ast.AST) -> bool:
    """Whether it gives a letter's status or its time a value, or makes a line of its history."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        attributes = [one for one in targets if isinstance(one, ast.Attribute)]
        return any(one.attr in COLUMNS and ast.unparse(one.value) != "forwarding" for one in attributes)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        updates = name.endswith(".update") and COLUMNS & {one.arg for one in node.keywords}
        return bool(updates) or name in {"StatusEvent", "StatusEvent.objects.create"}
    text = node.value if isinstance(node, ast.Constant) else ""
    return isinstance(text, str) and "UPDATE correspondence_correspondence" in text


def writes_in(path: Path) -> list[int]:
    return [node.lineno for node in ast.walk(ast.parse(path.read_text())) if writes(node)]


def test_nothing_else_writes_a_status():
    sources = [
        path
        for path in (ROOT / "correspondence").rglob("*.py")
        if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in WRITERS
    ]

    assert len(sources) > 50
    assert {str(path): lines for path in sources if (lines := writes_in(path))} == {}
    assert all(writes_in(ROOT / path) for path in WRITERS)
