"""What PostgreSQL says when it refuses something."""

from django.db import IntegrityError


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that refused a write."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name: str | None = getattr(diagnostics, "constraint_name", None)
    return name
