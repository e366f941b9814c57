"""The storage alias `attachments`, from ATTACHMENT_STORAGE_URL."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def storage_from_url(url: str) -> dict[str, Any]:
    """An entry of Django's STORAGES. Raises ImproperlyConfigured."""
    if url.startswith("file:///"):
        return {
            "BACKEND": "attachments.transports.local_storage.LocalAttachmentStorage",
            "OPTIONS": {"location": url.removeprefix("file://")},
        }
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured("ATTACHMENT_STORAGE_URL must be file:///folder or s3://bucket/prefix.")
    return {
        "BACKEND": "attachments.transports.s3_storage.S3AttachmentStorage",
        "OPTIONS": {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "default_acl": None},
    }
