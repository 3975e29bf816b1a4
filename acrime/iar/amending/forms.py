"""The form of an amendment."""

from django import forms

from acrime.common.rendering import UswdsForm
from acrime.iar.choices import AmendReason


class AmendForm(UswdsForm, forms.Form):
    """Why an answer is amended."""

    code = forms.ChoiceField(
        label="Why it is amended",
        help_text="These words leave with the amended response.",
        choices=AmendReason.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="The same in your own words",
        help_text="For the reviewer. It stays in the portal.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
