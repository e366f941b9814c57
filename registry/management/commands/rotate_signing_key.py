from typing import Any

from django.core.management.base import BaseCommand

from registry.services.keys import rotate


class Command(BaseCommand):
    help = "Makes a new signing key; the old one verifies until its last token has expired."

    def handle(self, **_: Any) -> None:
        key = rotate()
        self.stdout.write(f"New tokens are signed with {key.kid}.")
