"""Forms of review. They check shape; the actions decide."""

from django import forms

from acrime.common.rendering import UswdsForm
from routine_uses.choices import Program


class TakeOverForm(UswdsForm, forms.Form):
    """Why a query is taken over."""

    reason = forms.CharField(label="Reason", max_length=200)


class RateForm(UswdsForm, forms.Form):
    """Which share of a program's determinations is looked at once more."""

    program = forms.ChoiceField(label="Program", choices=Program.choices)
    percent = forms.DecimalField(
        label="Share in percent",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "inputmode": "decimal"}),
    )
    reason = forms.CharField(label="Reason", max_length=200)
