"""The national platform's stand-in, for rows about what it answers."""

from tests.notifications.platform.conftest import platform

__all__ = ["platform"]
