from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.registry_file import RegistryFileError
from registry.services.import_registry import import_registry


class Command(BaseCommand):
    help = (
        "Loads parties, resources, grants, contact points and clients from a registry file, all or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            counts = import_registry(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except RegistryFileError as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
