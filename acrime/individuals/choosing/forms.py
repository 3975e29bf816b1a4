"""Forms that ask whom a record is about. They check shape; the actions decide."""

from typing import Any

from django import forms

from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.individuals.actions import LONGEST_NAME, PersonFacts
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.facts.policy import name_problem, number_problem, text_problem
from acrime.individuals.finding.wanted import Wanted
from acrime.individuals.search import wanted_of

_TYPED = {"autocomplete": "off", "spellcheck": "false"}
_SEXES = [("", "Not known"), ("F", "F"), ("M", "M"), ("U", "U – unknown")]


def _name(label: str, *, required: bool = False, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_NAME,
        required=required,
        widget=forms.TextInput(attrs=_TYPED | more),
    )


class SoughtForm(UswdsForm, forms.Form):
    """Whom to look for, and whom to enter where nobody is found."""

    last = _name("Last name", required=True, autofocus=True)
    first = _name("First name")
    middle = _name("Middle name")
    sex = forms.ChoiceField(label="Sex", choices=_SEXES, required=False)
    born = MemorableDateField(label="Date of birth", required=False)
    kind = forms.ChoiceField(
        label="Kind of number", choices=[("", "None"), *IdentifierKind.choices], required=False
    )
    value = forms.CharField(
        label="Number", max_length=40, required=False, widget=forms.TextInput(attrs=_TYPED)
    )

    def clean(self) -> dict[str, Any]:
        """The name must be one, and a number must be able to be one of its kind."""
        cleaned = super().clean() or {}
        for key in ("last", "first", "middle", "value"):
            if problem := text_problem(str(cleaned.get(key, ""))):
                self.add_error(key, problem)
        if "last" in cleaned and (
            problem := name_problem(last=cleaned["last"], first=str(cleaned.get("first", "")))
        ):
            self.add_error("last", problem)
        kind, value = str(cleaned.get("kind", "")), str(cleaned.get("value", ""))
        if bool(kind) != bool(value):
            self.add_error("value" if kind else "kind", "A number goes with its kind.")
        elif kind and (problem := number_problem(kind, value)):
            self.add_error("value", problem)
        return cleaned

    def person(self) -> PersonFacts:
        """Whom the valid form names."""
        given = self.cleaned_data
        return PersonFacts(
            last=given["last"],
            first=given["first"],
            middle=given["middle"],
            sex=given["sex"],
            birth_date=given["born"],
            identifiers=((given["kind"], given["value"]),) if given["kind"] else (),
        )

    def wanted(self) -> Wanted:
        """Whom the valid form looks for."""
        return wanted_of(self.person())


class LinkForm(UswdsForm, forms.Form):
    """One candidate, and why it is the same person."""

    individual = forms.CharField(max_length=24, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why it is the same person", max_length=300)


class EnterForm(UswdsForm, forms.Form):
    """Why somebody new is entered."""

    reason = forms.CharField(label="Why it is nobody who is known", max_length=300)
    despite = forms.CharField(
        label="A candidate fits very well: why is it somebody else?",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
