"""Forms of alerts. They check shape; the actions decide."""

from typing import Any
from uuid import UUID

from django import forms

from acrime.alerts.choices import Finding, MailPace
from acrime.common.numbers import LONGEST, is_number, tidied
from acrime.common.rendering import UswdsForm

_WORDS = 1000
_NOT_A_NUMBER = "This is not a record number. It looks like IAQ-2026-7K3M-9QX4."


class NumberField(forms.CharField):
    """A record's number as a person types it. Whether there is such a record is not asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2 * LONGEST, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        number = tidied(typed) if typed else ""
        if number and not is_number(number):
            raise forms.ValidationError(_NOT_A_NUMBER, code="not-a-number")
        return number


class FilterForm(UswdsForm, forms.Form):
    """Which alerts of one's own to show."""

    person = forms.CharField(label="Person", max_length=150, required=False)
    record = NumberField(label="Record number")


class AskForm(UswdsForm, forms.Form):
    """What the owner wants to know."""

    text = forms.CharField(
        label="Your question",
        help_text="Optional. Without words the person is asked why they looked.",
        max_length=_WORDS,
        required=False,
        widget=forms.Textarea,
    )


class ReportLookForm(UswdsForm, forms.Form):
    """Why the owner suspects misuse."""

    text = forms.CharField(
        label="What makes you suspect misuse",
        help_text="OPR reads this. The person who looked is told nothing.",
        max_length=4 * _WORDS,
        widget=forms.Textarea,
    )


class ReportForm(UswdsForm, forms.Form):
    """Suspected misuse that no alert told of."""

    about = forms.CharField(
        label="Whose misuse",
        help_text="User name or full name, if you know it.",
        max_length=150,
        required=False,
    )
    record_number = NumberField(label="Record number", help_text="Optional.")
    text = forms.CharField(
        label="What happened",
        help_text="OPR reads this. The person whom you report is told nothing.",
        max_length=4 * _WORDS,
        widget=forms.Textarea,
    )


class AnswerForm(UswdsForm, forms.Form):
    """Why the asked person looked."""

    text = forms.CharField(
        label="Your answer",
        help_text="Say in your own words why you looked. The owner of the record reads it.",
        max_length=_WORDS,
        widget=forms.Textarea,
    )


class MailForm(UswdsForm, forms.Form):
    """How often to be written to."""

    pace = forms.ChoiceField(label="How often", choices=MailPace.choices, widget=forms.RadioSelect)


class NoteForm(UswdsForm, forms.Form):
    """A note of OPR's."""

    text = forms.CharField(label="Note", max_length=4 * _WORDS, widget=forms.Textarea)


class CloseForm(UswdsForm, forms.Form):
    """How OPR closes a report."""

    finding = forms.ChoiceField(label="Finding", choices=Finding.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="What the finding rests on", max_length=4 * _WORDS, widget=forms.Textarea
    )


def keys_from(values: list[str]) -> list[UUID]:
    """The keys among *values*; what is none is left out."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
