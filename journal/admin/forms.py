from typing import Any

from django import forms

from journal.services.case_work import who_may_have_follow_ups
from registry.models import User


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Hand it to", empty_label="Nobody (put it back)"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = who_may_have_follow_ups()


class ResolveForm(forms.Form):
    comment = forms.CharField(
        label="Why is it done?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words why it is done: the next one will ask."},
        help_text="Kept with the follow-up and in the audit trail.",
    )
