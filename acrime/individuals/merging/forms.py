"""Forms of merges."""

from collections.abc import Sequence
from typing import Any

from django import forms

from acrime.common.numbers import tidied
from acrime.common.rendering import UswdsForm
from acrime.individuals.merging.querysets import Value
from acrime.individuals.merging.rows import Choice
from acrime.individuals.models import Individual

LONGEST_REASON = 500
_SEXES = {"M": "Male", "F": "Female", "X": "Unspecified", "U": "Unknown", "": "Not recorded"}


class OtherForm(UswdsForm, forms.Form):
    """Which other record may be the same person."""

    other = forms.CharField(
        label="Number of the other record",
        help_text="Such as IND-2026-7K3M-9QX4.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_other(self) -> str:
        """The number as numbers are written."""
        return tidied(self.cleaned_data["other"])


class ProposeForm(UswdsForm, forms.Form):
    """What the person is to be known under when two records are one. Values go by their places."""

    other = forms.CharField(widget=forms.HiddenInput, max_length=40)
    primary = forms.ChoiceField(label="Name to show the person under", widget=forms.RadioSelect)
    sex = forms.ChoiceField(label="Sex", widget=forms.RadioSelect)
    left = forms.MultipleChoiceField(
        label="Leave behind",
        help_text="Values of the other record that are wrong. All others come along.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="Why it is the same person",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        data: Any,
        *,
        sides: Sequence[tuple[Individual, Sequence[Value]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        (survivor, ours), (absorbed, theirs) = sides
        self._keys = {
            f"{side}{place}": value.key
            for side, values in (("a", ours), ("b", theirs))
            for place, value in enumerate(values)
        }
        names = [
            (f"{side}{place}", value.shown)
            for side, values in (("a", ours), ("b", theirs))
            for place, value in enumerate(values)
            if value.is_name
        ]
        self._offer("primary", names)
        sexes = dict.fromkeys((survivor.sex, absorbed.sex))
        self._offer("sex", [(sex or "none", _SEXES.get(sex, sex)) for sex in sexes])
        self._offer(
            "left",
            [(f"b{place}", f"{each.label}: {each.shown}") for place, each in enumerate(theirs)],
        )
        self.initial.setdefault("primary", names[0][0])
        self.initial.setdefault("sex", survivor.sex or absorbed.sex or "none")

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def choice(self) -> Choice:
        """What was chosen, for the action."""
        data = self.cleaned_data
        return Choice(
            primary=self._keys[data["primary"]][1],
            sex="" if data["sex"] == "none" else data["sex"],
            left=frozenset(self._keys[place] for place in data["left"]),
        )


class ReasonForm(UswdsForm, forms.Form):
    """Why somebody decides so."""

    reason = forms.CharField(
        label="Reason", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
