"""No row of notifications.md's case table (section 11) is forgotten: each is named by a test, or has no counterpart here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
LAST = {"C": 37, "O": 22, "S": 3, "D": 24, "V": 7, "K": 6, "F": 20, "R": 6, "T": 4, "X": 40}
"""Of each part, in the order of the table."""
ROWS = {f"{part}{number:02}" for part, last in LAST.items() for number in range(1, last + 1)}
NO_COUNTERPART = {
    "D01": "No job names a notification: a look claims a row that is there.",
    "D02": "A notification cannot be without its letter: the database holds the key.",
    "D24": "An order cannot be lost once it is placed: it is the row that the notification belongs to.",
}
FOLDERS = [
    "notifications",
    "correspondence/forwarding",
    "correspondence/test_check_notification.py",
    "correspondence/dialogs/test_activities.py",
    "correspondence/lifecycle/test_confidential_follow_up.py",
]
"""Where the ids are this table's; other tables have rows of the same name."""
NAME = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]\d\d)(?![A-Za-z0-9])")


def words(tree: ast.Module) -> Iterator[str]:
    """Names of tests, their docstrings, markers and the ids of their cases; not what a module says of others."""
    about = tree.body[0].value if ast.get_docstring(tree) else None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node is not about:
            yield node.value


@pytest.fixture(scope="module")
def named() -> set[str]:
    places = [TESTS / folder for folder in FOLDERS]
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))]
    trees = [ast.parse(path.read_text()) for path in files if path != Path(__file__)]
    return {name.upper() for tree in trees for word in words(tree) for name in NAME.findall(word)}


def test_every_row_is_named_by_a_test(named):
    assert ROWS - named - NO_COUNTERPART.keys() == set()


def test_what_has_no_counterpart_is_a_row_and_is_named_by_no_test(named):
    assert NO_COUNTERPART.keys() - ROWS == set()
    assert NO_COUNTERPART.keys() & named == set()
