"""Bodies as GitHub-flavoured Markdown, whatever mix of Markdown and HTML they are (initialize.md 3.4)."""

from correspondence.services.markdown.convert import to_markdown
from correspondence.services.markdown.escape import as_text

__all__ = ["as_text", "to_markdown"]
