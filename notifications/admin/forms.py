from typing import Any

from django import forms

from notifications.enums import Channel
from notifications.services.resend import MAY_FORCE
from notifications.services.templates import problems_of
from registry.admin.forms import ReasonForm
from registry.models import User


class ResendManyForm(ReasonForm):
    """Why orders are sent again; whoever may force it is asked whether to."""

    forced = forms.BooleanField(
        label="Also to somebody who is reserved or has read the letter",
        required=False,
        help_text="For supervisors. That it was forced is kept with the order and in the audit trail.",
    )

    def __init__(self, *args: Any, operator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not operator.has_perm(MAY_FORCE):
            del self.fields["forced"]


class ResendForm(ResendManyForm):
    address = forms.CharField(
        label="Another address",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="An e-mail address, or a mobile number with its country code. Empty: the address is looked up anew.",
    )
    field_order = ["reason", "address", "forced"]


class WordingForm(forms.Form):
    """`seen` is the version that the operator started from."""

    subject = forms.CharField(label="Subject", widget=forms.TextInput(attrs={"size": 80}))
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 8}))
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        required=False,
        help_text="Needed to save. Kept with the version and in the audit trail.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        if channel == Channel.SMS:
            del self.fields["subject"]

    def clean_body(self) -> str:
        """Browsers end lines with two characters."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        problems = problems_of(self.channel, data.get("subject", ""), data.get("body", ""))
        for name, sentences in problems.items():
            if name in data:
                self.add_error(name, list(sentences))
        return data

    @property
    def text(self) -> tuple[str, str]:
        """Subject and body: as written, if they can be used, or as the form began."""
        words = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        return str(words.get("subject", "")), str(words.get("body", ""))

    def refuse(self, why: str, *, seen: int) -> None:
        """Says why nothing was saved. Whoever saves again has seen the newest version."""
        self.add_error(None, why)
        self.data = dict(self.data.items()) | {"seen": str(seen)}
