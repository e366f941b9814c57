"""Fields that several endpoints of the contract share."""

from typing import Any

from registry.api.fields import TextField
from registry.identifiers import RESOURCE_PREFIX

CHECKSUM_LENGTH = 32


class ResourceIdField(TextField):
    """1 to 255 characters; an optional prefix, then no colon."""

    default_error_messages = {"pattern": "The resource id may not contain a colon."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=255, required_text=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if ":" in text.removeprefix(RESOURCE_PREFIX) or text == RESOURCE_PREFIX:
            self.fail("pattern")
        return text


class ChecksumField(TextField):
    """Blank, or 32 characters without upper case; hex is not enforced (attachments.md 3.3)."""

    default_error_messages = {"md5": "The checksum must be an MD5 of 32 characters in lower case."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text.strip() and (len(text) != CHECKSUM_LENGTH or text != text.lower()):
            self.fail("md5")
        return text
