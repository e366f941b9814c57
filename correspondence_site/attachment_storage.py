"""The storage aliases `attachments` and `reports`, from ATTACHMENT_STORAGE_URL and REPORT_STORAGE_URL."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def beside(url: str) -> str:
    """Where reports go unless it is said: a folder next to that of the attachments."""
    scheme, _, place = url.partition("://")
    above, slash, bucket = place.rstrip("/").rpartition("/")
    return f"{scheme}://{above if slash else bucket}/reports"


def storage_from_url(url: str, *, variable: str = "ATTACHMENT_STORAGE_URL") -> dict[str, Any]:
    """An entry of Django's STORAGES. Raises ImproperlyConfigured."""
    if url.startswith("file:///"):
        return {
            "BACKEND": "attachments.transports.local_storage.LocalAttachmentStorage",
            "OPTIONS": {"location": url.removeprefix("file://")},
        }
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured(f"{variable} must be file:///folder or s3://bucket/prefix.")
    return {
        "BACKEND": "attachments.transports.s3_storage.S3AttachmentStorage",
        "OPTIONS": {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "default_acl": None},
    }
