"""Forms of the worklist. They check shape; the actions decide."""

from datetime import datetime
from typing import Any

from django import forms

from acrime.common.rendering import UswdsForm
from acrime.iaq.worklist.choices import ItemKind
from acrime.iaq.worklist.filters import workers
from acrime.iaq.worklist.levels import Basis, Sentence


class AssignForm(UswdsForm, forms.Form):
    """Who gets a query."""

    to = forms.ChoiceField(label="Give to")
    reason = forms.CharField(
        label="What to know", max_length=200, required=False, help_text="Shown to who gets it."
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.username: person for person in workers(at)}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "Choose"),
            *((name, person.full_name) for name, person in self.people.items()),
        ]


class PlaceForm(UswdsForm, forms.Form):
    """Where an offense belongs."""

    basis = forms.ChoiceField(
        label="What it is", choices=Basis.choices, help_text="A charge is no conviction."
    )
    code = forms.CharField(
        label="NCIC offense code",
        min_length=4,
        max_length=4,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "inputmode": "numeric"}),
    )
    sentence = forms.ChoiceField(
        label="Sentence", choices=Sentence.choices, help_text="It counts for drug offenses."
    )
    level = forms.TypedChoiceField(
        label="Level",
        choices=[("", "By the table"), ("1", "Level 1"), ("2", "Level 2"), ("3", "Level 3")],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Choose one only where the table does not tell.",
    )
    reason = forms.CharField(label="Where it is known from, and why", max_length=200)


class StrikeForm(UswdsForm, forms.Form):
    """Why a placement was wrong. It is named by its place among those of the query."""

    placement = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Why it is wrong", max_length=200)


class SettleForm(UswdsForm, forms.Form):
    """What is done about something one was told."""

    query = forms.CharField(max_length=24, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=ItemKind.choices, widget=forms.HiddenInput)
    note = forms.CharField(label="What is done about it", max_length=200, required=False)


class NoMatchForm(UswdsForm, forms.Form):
    """Where it is known from that the fingerprints matched nobody."""

    reason = forms.CharField(label="Where it is known from", max_length=200)


class SaveViewForm(UswdsForm, forms.Form):
    """The name of a choice of filters."""

    name = forms.CharField(label="Name of this view", max_length=40)
