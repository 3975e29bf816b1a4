"""Forms of limits. They check shape; the actions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Office, User
from acrime.common.rendering import UswdsForm
from acrime.records.actions import LONGEST_REASON
from acrime.records.querysets import people_called

MOST_PEOPLE = 100


def _reason(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_REASON, widget=forms.Textarea)


class ListForm(UswdsForm, forms.Form):
    """People by user name and offices, to put on the list of a limited record."""

    people = forms.CharField(
        label="People",
        help_text="User names, one a line",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    offices = forms.MultipleChoiceField(
        label="Offices",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _reason("Reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["offices"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = Office.objects.order_by("name", "pk").values_list("code", "name")

    def clean_people(self) -> list[User]:
        """The people with the user names given.

        Raises:
            ValidationError: nobody has one of them, or there are too many.
        """
        found = people_called(self.cleaned_data["people"].split())
        if len(found) > MOST_PEOPLE:
            raise forms.ValidationError(f"Name at most {MOST_PEOPLE} people at a time.")
        people = [user for user in found if user]
        if len(people) < len(found):
            raise forms.ValidationError("Nobody has one of these user names. Check each of them.")
        return people

    def clean_offices(self) -> list[Office]:
        """The offices chosen."""
        return list(Office.objects.filter(code__in=self.cleaned_data["offices"]))


class TakeOffForm(UswdsForm, forms.Form):
    """Who is taken off the list of a limited record."""

    removed = forms.MultipleChoiceField(
        label="Take off the list", widget=forms.CheckboxSelectMultiple
    )
    reason = _reason("Reason")

    def __init__(
        self, *args: Any, people: Iterable[User], offices: Iterable[Office], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {f"person:{user.username}": user for user in people}
        self._offices = {f"office:{office.code}": office for office in offices}
        field = self.fields["removed"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            *((key, f"{user.full_name} ({user.username})") for key, user in self._people.items()),
            *((key, office.name) for key, office in self._offices.items()),
        ]

    def people(self) -> list[User]:
        """The people chosen."""
        return [user for key, user in self._people.items() if key in self.cleaned_data["removed"]]

    def offices(self) -> list[Office]:
        """The offices chosen."""
        return [
            office for key, office in self._offices.items() if key in self.cleaned_data["removed"]
        ]


class LiftForm(UswdsForm, forms.Form):
    """Why the limits of a record end."""

    reason = _reason("Reason")


class PersonForm(UswdsForm, forms.Form):
    """About whom it is asked why they see the record or do not."""

    person = forms.CharField(
        label="User name of the person",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
