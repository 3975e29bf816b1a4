"""Forms of individuals."""

from typing import Any

from django import forms

from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.individuals.actions import PersonFacts
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.policy import normal_identifier, normal_name

_NAME = {"autocomplete": "off", "spellcheck": "false"}


class SearchForm(UswdsForm, forms.Form):
    """Whom somebody looks for: by a number, or by name."""

    last = forms.CharField(
        label="Last name",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_NAME),
    )
    first = forms.CharField(
        label="First name",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_NAME),
    )
    born = MemorableDateField(label="Date of birth", required=False)
    kind = forms.ChoiceField(
        label="Kind of number",
        choices=[("", "- Select -"), *IdentifierKind.choices],
        required=False,
    )
    number = forms.CharField(
        label="Number",
        help_text="The whole number; spaces and hyphens do not matter.",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**_NAME, "class": "usa-input--small"}),
    )

    def clean(self) -> dict[str, Any]:
        """There must be enough to look for."""
        cleaned = super().clean() or {}
        kind, number = cleaned.get("kind", ""), cleaned.get("number", "")
        if number and not kind and "kind" not in self.errors:
            self.add_error("kind", "Say which kind of number it is.")
        elif kind and not number and "number" not in self.errors:
            self.add_error("number", "Enter the number.")
        elif number and not normal_identifier(kind, number):
            self.add_error("number", "Enter letters and digits.")
        if self.errors:
            return cleaned
        last, first = (normal_name(cleaned.get(part, "")) for part in ("last", "first"))
        if not number and not (last and (first or cleaned.get("born"))):
            self.add_error(
                None, "Enter a number, or a last name with a first name or a date of birth."
            )
        return cleaned

    def person(self) -> PersonFacts:
        """Whom the valid form looks for."""
        cleaned = self.cleaned_data
        number = cleaned["number"]
        return PersonFacts(
            last=cleaned["last"],
            first=cleaned["first"],
            birth_date=cleaned["born"],
            identifiers=((cleaned["kind"], number),) if number else (),
        )
