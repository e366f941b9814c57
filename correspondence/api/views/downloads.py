"""What a recipient downloads (api.md 5.10, 5.11, 9)."""

from functools import partial
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from attachments.api.downloads import begins_at_the_start, file_answer, file_answers
from attachments.services.download import open_stored
from attachments.services.file_names import download_type_of, is_shown_inline
from correspondence.api.views.correspondence import LetterView
from correspondence.services.download import download_attachment
from correspondence.services.download_all import download_all
from registry.api.permissions import DownloadAttachment


class Download(LetterView):
    policies = {"get": DownloadAttachment}
    produces = None

    @extend_schema(
        operation_id="DownloadCorrespondenceAttachment",
        summary="Download an attachment",
        responses=file_answers("*/*"),
    )
    def get(self, request: Request, correspondence_id: str, attachment_id: str) -> HttpResponseBase:
        attachment = download_attachment(
            caller=self.caller,
            correspondence_id=self.letter_id(correspondence_id),
            attachment_id=self.guid("attachmentId", attachment_id),
            begins=partial(begins_at_the_start, request),
        )
        response = file_answer(
            request,
            size=attachment.size or 0,
            open_from=lambda start, length: open_stored(attachment, start=start, length=length),
            content_type=download_type_of(attachment.file_name),
        )
        response.headers["Content-Disposition"] = disposition(attachment.file_name)
        return response


class DownloadAll(LetterView):
    policies = {"get": DownloadAttachment}
    produces = None

    @extend_schema(
        operation_id="DownloadAllCorrespondenceAttachments",
        summary="Download all attachments as one zip",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, correspondence_id: str) -> StreamingHttpResponse:
        archive = download_all(caller=self.caller, correspondence_id=self.letter_id(correspondence_id))
        headers = {
            "Content-Length": str(archive.length),
            "Content-Disposition": f"attachment; {extended_name(archive.file_name)}",
        }
        return StreamingHttpResponse(archive.chunks, content_type="application/zip", headers=headers)


def disposition(file_name: str) -> str:
    """api.md 9: shown inline, or saved under its name in both forms of RFC 6266."""
    extended = extended_name(file_name)
    if is_shown_inline(file_name):
        return f"inline; {extended}"
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in file_name)
    is_token = all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in plain)
    quoted = plain if is_token else f'"{plain}"'
    return f"attachment; filename={quoted}; {extended}"


def extended_name(file_name: str) -> str:
    return f"filename*=UTF-8''{quote(file_name, safe='')}"
