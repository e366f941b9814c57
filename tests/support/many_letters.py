"""As many letters as it takes for the planner to mean it."""

from django.db import connection

from benchmarks.many_letters import COPY
from correspondence.models import Correspondence


def multiply(letter: Correspondence, count: int, *, recipients: int, rare: int) -> None:
    """Copies of a published letter, of which the planner knows."""
    values = {"first": 1, "last": count, "letter": letter.pk, "recipients": recipients, "rare": rare}
    with connection.cursor() as cursor:
        cursor.execute(COPY, values)
        cursor.execute("ANALYZE correspondence_message, correspondence_correspondence")
