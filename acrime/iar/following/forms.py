"""Forms of what follows an answer."""

from datetime import date, datetime
from typing import Any

from django import forms

from acrime.common.eastern import EASTERN
from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.iar.choices import Outcome


class FollowUpForm(UswdsForm, forms.Form):
    """What the field office did about its copy."""

    outcome = forms.ChoiceField(
        label="What the office did", choices=Outcome.choices, widget=forms.RadioSelect
    )
    referred_to = forms.CharField(
        label="To whom it was referred",
        help_text="Only where it was referred.",
        max_length=100,
        required=False,
    )
    day = MemorableDateField(label="Day")
    time = forms.TimeField(
        label="Time",
        help_text="Eastern time, for example 14:05",
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "usa-input--small"}),
    )
    reason = forms.CharField(
        label="What was done, or why nothing was",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def happened_at(self) -> datetime:
        """The moment of it."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], tzinfo=EASTERN)


class PeriodForm(UswdsForm, forms.Form):
    """The days that figures are about."""

    since = MemorableDateField(label="From")
    until = MemorableDateField(label="To and including")

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", "The last day lies before the first.")
        return cleaned
