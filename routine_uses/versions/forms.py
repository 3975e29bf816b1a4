"""Forms of the versions of the notice."""

from django import forms

from acrime.common.rendering import UswdsForm


class ProposeForm(UswdsForm, forms.Form):
    """Why a version is to be put in force."""

    reason = forms.CharField(
        label="Why it is to be put in force",
        help_text="The second person reads this before deciding.",
        widget=forms.Textarea,
        max_length=500,
    )


class DecideForm(UswdsForm, forms.Form):
    """A second person's decision."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Put it in force"), ("no", "Do not put it in force")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="Comment",
        help_text="Needed where you do not put it in force.",
        widget=forms.Textarea,
        max_length=500,
        required=False,
    )
