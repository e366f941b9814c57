"""The demo registry: parties, resources and clients that everybody's fixtures expect (access.md 4.4)."""

from pathlib import Path

from django.conf import settings

from registry.services.import_registry import import_registry

DEMO_REGISTRY = Path(__file__).resolve().parent.parent / "demo" / "registry.json"


class DemoRefused(Exception):
    """A production installation is never given demo parties or clients with known secrets."""


def seed_demo_registry() -> dict[str, int]:
    """Load the demo registry; may run any number of times. Raises DemoRefused."""
    if settings.IS_PRODUCTION:
        raise DemoRefused("The demo registry holds clients with known secrets.")
    return import_registry(DEMO_REGISTRY.read_bytes())
