"""An operator of one role takes an attachment's bytes, with a reason: GET asks for it, POST records it and sends them."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView

from attachments.models import Attachment
from attachments.services.download import DownloadRefused, download_as_operator, open_stored
from registry.admin.forms import ReasonForm
from registry.models import User

MAY_DOWNLOAD = "attachments.download_attachment"


class DownloadView(PermissionRequiredMixin, FormView[ReasonForm]):
    form_class = ReasonForm
    permission_required = MAY_DOWNLOAD
    raise_exception = True
    template_name = "admin/attachments/attachment/download.html"
    model_admin: Any = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.operator = cast(User, request.user)

    @property
    def attachment(self) -> Attachment:
        return get_object_or_404(Attachment, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = self.model_admin.admin_site.each_context(self.request)
        words = {
            "opts": self.model_admin.opts,
            "title": "Download an attachment",
            "attachment": self.attachment,
        }
        return super().get_context_data(**{**site, **words, **kwargs})

    def form_valid(self, form: ReasonForm) -> HttpResponseBase:  # type: ignore[override]  # a stream is an answer too
        attachment = self.attachment
        try:
            download_as_operator(
                operator=self.operator, attachment=attachment, reason=form.cleaned_data["reason"]
            )
        except DownloadRefused as refused:
            messages.error(self.request, f"Not downloaded. {refused}")
            return self._back()
        # Never shown in the admin's own pages, whatever is in it.
        return FileResponse(
            open_stored(attachment),
            as_attachment=True,
            filename=attachment.file_name,
            content_type="application/octet-stream",
        )

    def _back(self) -> HttpResponse:
        return redirect("admin:attachments_attachment_change", self.kwargs["pk"])
