from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.enums import TokenKind
from registry.identifiers import is_national_identity_number, is_organisation_number
from registry.services.keys import LONGEST_TOKEN, SigningKeyUnreadable
from registry.services.tokens import mint


class Command(BaseCommand):
    help = "Prints a bearer token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        holder = parser.add_mutually_exclusive_group(required=True)
        holder.add_argument("--org", help="organisation number")
        holder.add_argument("--person", help="national identity number")
        parser.add_argument("--scope", required=True, help="one or several, separated by spaces or commas")
        parser.add_argument("--kind", choices=["altinn", "maskinporten"], default="altinn")
        parser.add_argument("--ttl", type=int, default=1800, help="seconds, up to a day")

    def handle(
        self, *, org: str | None, person: str | None, scope: str, kind: str, ttl: int, **_: Any
    ) -> None:
        if org and not is_organisation_number(org):
            raise CommandError("--org must be nine digits.")
        if person and not is_national_identity_number(person):
            raise CommandError("--person must be eleven digits whose control digits fit.")
        if not 0 < ttl <= LONGEST_TOKEN.total_seconds():
            raise CommandError("--ttl must be from one second to a day (86400).")
        scopes = scope.replace(",", " ").split()
        try:
            token = mint(kind=TokenKind(kind), organisation=org, person=person, scopes=scopes, ttl=ttl)
        except SigningKeyUnreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(token)
