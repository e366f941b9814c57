"""A machine that installs only what the product needs must be able to run it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from django.conf import settings

APPS = ("correspondence_site", "correspondence", "notifications", "attachments", "journal", "registry")


def imported_modules():
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (name.name.partition(".")[0] for name in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module.partition(".")[0]


def optional_libraries():
    """What an extra of ours installs; the code that imports it says what to do without it."""
    extras = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    return {name for extra, names in extras.items() if extra != "test" for name in names}


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_is_installed_without_the_tests():
    lock = (settings.BASE_DIR / "requirements.lock").read_text(encoding="utf-8")
    locked = {normalised(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*\])?==", lock, re.MULTILINE)}
    distributions = packages_distributions()
    theirs = set(imported_modules()) - set(sys.stdlib_module_names) - set(APPS) - optional_libraries()

    missing = {
        name for name in theirs if not locked & {normalised(found) for found in distributions.get(name, [])}
    }

    assert missing == set()
