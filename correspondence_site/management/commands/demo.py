"""`manage.py demo`: the whole system on this machine, with a first letter sent and read."""

import io
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from correspondence_site.demonstration.letter import FirstLetter, StepFailed
from correspondence_site.demonstration.placing import placing
from correspondence_site.demonstration.seed import OPERATOR, OPERATOR_PASSWORD, seed
from correspondence_site.serving.arguments import add_address
from correspondence_site.serving.supervisor import ServeError, Supervisor


class Command(BaseCommand):
    help = "Starts everything, sends one real letter with an attachment and an e-mail, and keeps serving."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_address(parser)
        parser.add_argument(
            "--check", action="store_true", help="stop after the letter; exit 0 only if every step held"
        )

    def handle(self, *, host: str, port: int, check: bool, **_: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("`demo` is for laptops and CI; it does not run in production.")
        self._say("Correspondence demo", bold=True)
        try:
            supervisor = Supervisor(host=host, port=port)
            self._prepare()
            self._run(supervisor, check=check)
        except (ServeError, StepFailed) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._say("Stopped.")

    def _prepare(self) -> None:
        call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())
        seed()
        self._step(
            "The database is ready", "migrated, with a demo registry of parties, resources and clients"
        )

    def _run(self, supervisor: Supervisor, *, check: bool) -> None:
        with supervisor:
            self._step("Web server and job worker are running", supervisor.base_url)
            by_platform = bool(settings.NOTIFICATION_PLATFORM_URL)
            letter = FirstLetter(supervisor.base_url, placing=placing if by_platform else None)
            for step in letter.steps():
                self._step(step.title, step.detail)
            if check:
                self._say("\nEvery step held.", bold=True)
                return
            self._show_addresses(supervisor.base_url, letter)
            supervisor.wait()

    def _show_addresses(self, base_url: str, letter: FirstLetter) -> None:
        admin = f"{base_url}/admin/"
        rows = [
            ("Operators' admin", f"{admin}  (login {OPERATOR}, password {OPERATOR_PASSWORD})"),
            ("This letter", f"{admin}correspondence/correspondence/{letter.correspondence_id}/change/"),
            ("The API, interactive", f"{base_url}/correspondence/api/v1/swagger/index.html"),
            ("Mail of the demo", self._where_mail_goes(admin)),
        ]
        self._say("")
        for name, address in rows:
            self._say(f"  {name:<22}{address}")
        self._say("\nTry it:\n", bold=True)
        self._say(_curl_lines(base_url))
        self._say("\nCtrl-C stops everything.")

    def _where_mail_goes(self, admin: str) -> str:
        if settings.NOTIFICATION_PLATFORM_URL:
            return "sent by the national platform (NOTIFICATION_PLATFORM_URL)"
        return "sent over EMAIL_URL" if settings.EMAIL_URLS else f"{admin}notifications/capturedmessage/"

    def _step(self, title: str, detail: str = "") -> None:
        mark = self.style.SUCCESS("✓")
        self.stdout.write(f"  {mark} {title}" + (f": {detail}" if detail else ""))
        self.stdout.flush()

    def _say(self, text: str, *, bold: bool = False) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(text) if bold else text)
        self.stdout.flush()


def _curl_lines(base_url: str) -> str:
    return (
        f"  TOKEN=$(curl -s '{base_url}/api/GetEnterpriseToken?env=tt02&orgNo=991825827"
        "&scopes=altinn:serviceowner,altinn:correspondence.write')\n"
        f'  curl -s {base_url}/correspondence/api/v1/correspondence -H "Authorization: Bearer $TOKEN" \\\n'
        '    -H \'Content-Type: application/json\' -d \'{"recipients": ["0192:310654302"], "correspondence":\n'
        '      {"resourceId": "example-letters", "sendersReference": "my-1", "content":\n'
        '        {"messageTitle": "Hei", "messageBody": "Mitt *første* brev"}}}\''
    )
