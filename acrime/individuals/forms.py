"""Forms of individuals."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from acrime.common.rendering import MemorableDateField, MemorableDateWidget, UswdsForm
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.finding.box import (
    LONGEST,
    NO_SUCH_DAY,
    Read,
    born_of,
    insufficient,
    plain,
    read_box,
)
from acrime.individuals.finding.numbers import problem_of, recognised
from acrime.individuals.finding.wanted import Wanted

_TYPED = {"autocomplete": "off", "spellcheck": "false"}


def _text(label: str, longest: int, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=_TYPED)
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget, **more)


class BoxForm(UswdsForm, forms.Form):
    """The one box: a name, a date of birth, any number, or several of them."""

    q = forms.CharField(
        label="Name, date of birth or any number",
        help_text=(
            "For example: Garcia Lopez, Maria 1980-04-12, or A099000301. A comma tells the last "
            "name from the first; without one, the order does not matter."
        ),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={**_TYPED, "class": "usa-input--2xl", "autofocus": True}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read = Read(Wanted())
        self.today = today

    def clean_q(self) -> str:
        """What is meant must be enough to look for."""
        text = str(self.cleaned_data["q"])
        self.read = read_box(text, today=self.today)
        if self.read.error:
            raise ValidationError(self.read.error)
        return text

    def wanted(self) -> Wanted:
        """Whom the valid form looks for."""
        return self.read.wanted

    def notes(self) -> tuple[str, ...]:
        """What is to be said beside the answer."""
        return self.read.notes


class PartialDateField(forms.MultiValueField):
    """A date of which the year is known, or year and month, or all. Its value is a code."""

    widget = MemorableDateWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = tuple(forms.CharField(required=False, strip=True) for _ in range(3))
        super().__init__(parts, require_all_fields=False, **kwargs)
        self.today = date.max

    def compress(self, data_list: Sequence[str]) -> int:
        """The date as in ``names.born_code``; 0 where no part is given.

        Raises:
            ValidationError: there is no such date, or a part is known below an unknown one.
        """
        if not any(data_list):
            return 0
        month, day, year = data_list
        if not all(part.isascii() and part.isdecimal() for part in data_list if part):
            raise ValidationError(NO_SUCH_DAY)
        if len(year) != 4 or max(len(month), len(day)) > 2 or int(month or 1) > 12:
            raise ValidationError(MemorableDateField.default_error_messages["invalid"])
        born = born_of(year, month, day, today=self.today)
        if born is None:
            raise ValidationError(NO_SUCH_DAY)
        return born


class AdvancedForm(UswdsForm, forms.Form):
    """The same, part by part."""

    last = _text("Last name", 60)
    first = _text("First name", 60)
    middle = _text("Middle name", 60)
    born = PartialDateField(
        label="Date of birth",
        help_text="Year, or year and month, where no more is known.",
        required=False,
    )
    birth_place = _text(
        "Place of birth", 60, help_text="As it was recorded, for example a two-letter NCIC code."
    )
    address = _text("Address", 120, help_text="Words of it: a street, a town, a postal code.")
    kind = forms.ChoiceField(
        label="Kind of number",
        choices=[("", "Any kind it may be"), *IdentifierKind.choices],
        required=False,
    )
    number = _text("Number", 40, help_text="The whole number; spaces and hyphens do not matter.")
    advanced = forms.CharField(initial="1", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said: tuple[str, ...] = ()
        born = self.fields["born"]
        assert isinstance(born, PartialDateField)
        born.today = today

    def clean(self) -> dict[str, Any]:
        """There must be enough to look for, and a number must be able to be one."""
        cleaned = super().clean() or {}
        kind, number = cleaned.get("kind", ""), cleaned.get("number", "")
        if kind and not number and not {"kind", "number"} & set(self.errors):
            self.add_error("number", "Enter the number.")
        elif number and "kind" not in self.errors:
            seen = recognised(number)
            # A number kept in an unusual form is found if its kind is named.
            if kind and (problem := problem_of(kind, number)):
                self.add_error("number", problem)
            elif not kind and not seen.kinds:
                self.add_error("number", " ".join(seen.notes) or "Enter letters and digits.")
            self.said = () if kind else seen.notes
        if not self.errors:
            wanted = self.wanted()
            if problem := insufficient(wanted, f"{wanted.last}{wanted.first}{wanted.middle}"):
                self.add_error(None, problem)
        return cleaned

    def wanted(self) -> Wanted:
        """Whom the valid form looks for."""
        cleaned = self.cleaned_data
        number, kind = cleaned["number"], cleaned["kind"]
        kinds = [kind] if kind else [each.value for each in recognised(number).kinds]

        def text(name: str) -> str:
            return plain(cleaned[name]).strip()

        return Wanted(
            last=text("last"),
            first=text("first"),
            middle=text("middle"),
            born=cleaned["born"] or 0,
            birth_place=text("birth_place"),
            address=text("address"),
            numbers=tuple((each, number) for each in kinds),
        )

    def notes(self) -> tuple[str, ...]:
        """What is to be said beside the answer."""
        return self.said
