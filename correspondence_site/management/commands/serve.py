"""`manage.py serve`: database (when embedded), web server and job worker in one foreground process group."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from correspondence_site.serving.arguments import add_address, at_least_one
from correspondence_site.serving.supervisor import ServeError, Supervisor


class Command(BaseCommand):
    help = "Serves until it is told to stop; SIGTERM and Ctrl-C finish what is under way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_address(parser)
        parser.add_argument("--web-workers", type=at_least_one, default=2)
        parser.add_argument("--job-concurrency", type=at_least_one, default=4)

    def handle(self, *, host: str, port: int, web_workers: int, job_concurrency: int, **_: Any) -> None:
        try:
            supervisor = Supervisor(
                host=host, port=port, web_workers=web_workers, job_concurrency=job_concurrency
            )
            _require_migrations()
            with supervisor:
                for name, child in supervisor.children.items():
                    self.stdout.write(f"{name}: process {child.pid}")
                self.stdout.write(f"Serving at {supervisor.base_url}. Ctrl-C stops.")
                self.stdout.flush()
                supervisor.wait()
        except ServeError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")


def _require_migrations() -> None:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(f"{len(missing)} migrations are not applied: run `manage.py migrate` first.")
    connection.close()
