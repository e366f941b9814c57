from typing import Any

from django import forms

from notifications.enums import Channel
from notifications.services.templates import problems_of


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
