"""The form by which somebody is looked for and then entered."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choices import CodeSystem, IdentifierKind
from acrime.individuals.facts.choices import Category
from acrime.individuals.facts.forms import PlainField
from acrime.individuals.facts.policy import (
    birth_problem,
    name_problem,
    number_problem,
    place_problem,
)
from acrime.individuals.finding.box import insufficient
from acrime.individuals.search import wanted_of

_CHOOSE = ("", "- Select -")


class EnterForm(UswdsForm, forms.Form):
    """Who is to be entered."""

    category = forms.ChoiceField(
        label="Category of the notice", choices=[_CHOOSE, *Category.choices]
    )
    last = PlainField(label="Last name", max_length=60)
    first = PlainField(label="First name", max_length=60, required=False)
    middle = PlainField(label="Middle name", max_length=60, required=False)
    born = MemorableDateField(
        label="Date of birth",
        help_text="Where only a part of it is known, add it on the person's page.",
        required=False,
    )
    sex = forms.ChoiceField(
        label="Sex as reported",
        choices=[("", "Not reported"), ("F", "Female"), ("M", "Male"), ("U", "Unknown")],
        required=False,
    )
    birth_place = PlainField(
        label="Place of birth", help_text="Two-letter NCIC code.", max_length=2, required=False
    )
    kind = forms.ChoiceField(
        label="Kind of number",
        choices=[("", "No number"), *IdentifierKind.choices],
        required=False,
    )
    number = PlainField(label="Number", max_length=40, required=False)
    source = PlainField(
        label="Where the person is known from",
        help_text="Such as a letter, a telephone call or a case, with its day.",
        max_length=200,
    )
    despite = PlainField(
        label="Why nobody of those found is this person",
        help_text="Needed where somebody found fits very well.",
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_born(self) -> date | None:
        """Nobody is born tomorrow, or two hundred years ago."""
        born: date | None = self.cleaned_data["born"]
        if born and (problem := birth_problem(born.year, born.month, born.day, today=self.today)):
            raise ValidationError(problem)
        return born

    def clean_birth_place(self) -> str:
        """A code that there is, in capitals."""
        code = str(self.cleaned_data["birth_place"]).upper()
        if code and (problem := place_problem(CodeSystem.NCIC, code)):
            raise ValidationError(problem)
        return code

    def clean(self) -> dict[str, Any]:
        """A name must be one, and a number must be able to be one of its kind."""
        cleaned = super().clean() or {}
        kind, number = cleaned.get("kind", ""), cleaned.get("number", "")
        if "last" in cleaned:
            problem = name_problem(last=cleaned["last"], first=cleaned.get("first", ""))
            if problem:
                self.add_error("last", problem)
        if number and not kind:
            self.add_error("kind", "Say what kind of number it is.")
        elif kind and not number and "number" not in self.errors:
            self.add_error("number", "Enter the number.")
        elif kind and number and (problem := number_problem(kind, number)):
            self.add_error("number", problem)
        if not self.errors:
            wanted = wanted_of(self.person())
            if problem := insufficient(wanted, f"{wanted.last}{wanted.first}{wanted.middle}"):
                raise ValidationError(problem)
        return cleaned

    def person(self) -> PersonFacts:
        """Whom the valid form is about."""
        data = self.cleaned_data
        return PersonFacts(
            last=data["last"],
            first=data["first"],
            middle=data["middle"],
            sex=data["sex"],
            birth_date=data["born"],
            birth_place=data["birth_place"],
            identifiers=((data["kind"], data["number"]),) if data["number"] else (),
        )
