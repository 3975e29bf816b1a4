"""Forms by which something is added to what is known of a person.

Each knows the verb that it fills in; what the verb refuses stands at the field whose name is
the refusal's code.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from acrime.common.acts import AbstractForms
from acrime.common.rendering import MemorableDateField, MemorableDateWidget, UswdsForm
from acrime.individuals.choices import CodeSystem, IdentifierKind
from acrime.individuals.codes import STATES, countries
from acrime.individuals.facts import actions
from acrime.individuals.facts.choices import (
    About,
    Category,
    HistoryKind,
    PrivacyStanding,
    Status,
    TelephoneKind,
)
from acrime.individuals.facts.models import HistoryEntry, StatusEntry
from acrime.individuals.facts.photographs import MOST_UPLOADED
from acrime.individuals.facts.policy import text_problem
from acrime.individuals.models import Individual
from routine_uses.choices import Protection

_CHOOSE = ("", "- Select -")
_QUIET = {"autocomplete": "off", "spellcheck": "false"}
_SMALL = {**_QUIET, "class": "usa-input--small"}


class PlainField(forms.CharField):
    """One line of plain text: no control characters and no mark-up."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=_QUIET))
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse what is not one line of plain text."""
        super().validate(value)
        if problem := text_problem(str(value)):
            raise ValidationError(problem, code="not-plain")


PartialDate = tuple[int, int | None, int | None]


class PartialDateField(forms.MultiValueField):
    """A date of which the day, or the day and the month, may be unknown."""

    widget = MemorableDateWidget
    default_error_messages = {
        "required": "Enter the year at least.",
        "invalid": "Enter a date that exists, with a year of four digits.",
    }

    def __init__(self, **kwargs: Any) -> None:
        parts = tuple(forms.CharField(required=False, strip=True) for _ in range(3))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> PartialDate | None:
        """Year, month and day, or nothing when all are empty.

        Raises:
            ValidationError: the year is missing, or a part is no number.
        """
        if not any(data_list):
            return None
        month, day, year = data_list
        if not year:
            raise ValidationError(self.error_messages["required"], code="required")
        parts = [part for part in data_list if part]
        if not all(part.isascii() and part.isdecimal() for part in parts) or len(year) != 4:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(year), int(month) if month else None, int(day) if day else None


class EntryForm(UswdsForm, forms.Form, metaclass=AbstractForms):
    """A form that adds something to a person."""

    title: ClassVar[str]

    def __init__(self, *args: Any, individual: Individual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.individual = individual

    @property
    def places(self) -> Mapping[str, str]:
        """The field at which a refusal stands, by its code."""
        return {name: name for name in self.fields}

    @abstractmethod
    def act(self, *, actor: User, at: datetime) -> None:
        """Do what the valid form says.

        Raises:
            ActionRefused: the rules do not allow it.
        """


class NameForm(EntryForm):
    """Another name."""

    title = "Add a name"

    last = PlainField(label="Last name", max_length=60)
    first = PlainField(label="First name", max_length=60, required=False)
    middle = PlainField(label="Middle name", max_length=60, required=False)
    suffix = PlainField(
        label="Suffix",
        help_text="Such as JR or III.",
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs=_SMALL),
    )

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the name."""
        actions.add_name(individual=self.individual, actor=actor, at=at, **self.cleaned_data)


class BirthDateForm(EntryForm):
    """Another date of birth."""

    title = "Add a date of birth"

    born = PartialDateField(
        label="Date of birth",
        help_text="Leave the day, or the day and the month, open where they are not known.",
    )

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the date."""
        year, month, day = self.cleaned_data["born"]
        actions.add_birth_date(
            individual=self.individual, year=year, month=month, day=day, actor=actor, at=at
        )


class BirthPlaceForm(EntryForm):
    """Another place of birth."""

    title = "Add a place of birth"

    system = forms.ChoiceField(
        label="Code system",
        help_text="The one that the source uses. A code is never turned into another system's.",
        choices=CodeSystem.choices,
    )
    value = PlainField(label="Code", max_length=10, widget=forms.TextInput(attrs=_SMALL))

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the place."""
        actions.add_birth_place(individual=self.individual, actor=actor, at=at, **self.cleaned_data)


class AddressForm(EntryForm):
    """Another address."""

    title = "Add an address"

    street = PlainField(label="Street", max_length=120, required=False)
    city = PlainField(label="City", max_length=60, required=False)
    region = PlainField(label="State or province", max_length=40, required=False)
    postal_code = PlainField(
        label="Postal code", max_length=12, required=False, widget=forms.TextInput(attrs=_SMALL)
    )
    country = forms.ChoiceField(label="Country", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "country", [_CHOOSE, *((name, name) for name in countries())])

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the address."""
        actions.add_address(individual=self.individual, actor=actor, at=at, **self.cleaned_data)


class TelephoneForm(EntryForm):
    """Another telephone."""

    title = "Add a telephone"

    kind = forms.ChoiceField(label="Kind", choices=TelephoneKind.choices)
    number = PlainField(
        label="Telephone number",
        help_text="With the country's prefix where it is not the United States.",
        max_length=40,
    )

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the telephone."""
        actions.add_telephone(individual=self.individual, actor=actor, at=at, **self.cleaned_data)


class NumberForm(EntryForm):
    """Another number of a system."""

    title = "Add a number"

    kind = forms.ChoiceField(label="Kind of number", choices=[_CHOOSE, *IdentifierKind.choices])
    value = PlainField(label="Number", help_text="Spaces and hyphens do not matter.", max_length=40)
    issuer = forms.ChoiceField(
        label="Issued by",
        help_text="Of a passport the country, of a driver's license the state or country.",
        required=False,
        error_messages={"invalid_choice": "There is no such state or country in the list."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(code, f"{name} ({code})") for code, name in STATES.items()]
        nations = [(name, name) for name in countries()]
        _choices(self, "issuer", [_CHOOSE, ("States", states), ("Countries", nations)])

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the number."""
        actions.add_number(individual=self.individual, actor=actor, at=at, **self.cleaned_data)


class PhotographForm(EntryForm):
    """A photograph."""

    title = "Add a photograph"

    photograph = forms.FileField(
        label="Photograph",
        help_text=f"A JPEG or PNG picture of at most {MOST_UPLOADED // (1024 * 1024)} MB. It is "
        "made anew and stored sealed; what the camera wrote into the file is not kept.",
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )
    alt = PlainField(
        label="What it shows",
        help_text="For whoever does not see it, such as “Face from the front, without glasses”.",
        max_length=200,
    )
    source = PlainField(label="Where it was found", max_length=200)
    taken_on = MemorableDateField(label="Day on which it was taken", required=False)

    def clean_photograph(self) -> Any:
        """The upload, refused before it is read where it is too large."""
        found = self.cleaned_data["photograph"]
        if (found.size or 0) > MOST_UPLOADED:
            raise ValidationError(f"A photograph has at most {MOST_UPLOADED // (1024 * 1024)} MB.")
        return found

    @property
    def places(self) -> Mapping[str, str]:
        """Whatever is wrong with the file stands at the file."""
        of_file = ("photograph-empty", "photograph-too-large", "photograph-kind")
        return {**super().places, **dict.fromkeys(of_file, "photograph")}

    def act(self, *, actor: User, at: datetime) -> None:
        """Add the photograph."""
        data = dict(self.cleaned_data)
        actions.add_photograph(
            individual=self.individual,
            data=data.pop("photograph").read(),
            actor=actor,
            at=at,
            **data,
        )


class _SaidForm(EntryForm):
    """What a source said."""

    source = PlainField(
        label="Source", help_text="The system or document, such as CIS or a card.", max_length=200
    )
    source_on = MemorableDateField(label="Day on which it was looked at")

    def said(self, data: dict[str, Any]) -> actions.Said:
        """The source, taken out of *data*."""
        return actions.Said(data.pop("source"), data.pop("source_on"))

    def _replaceable(self, rows: Sequence[StatusEntry] | Sequence[HistoryEntry]) -> None:
        """Offer the entries whose place the new one can take, by their place on the page."""
        self._rows = [each for each in rows if not each.is_replaced]
        if self._rows:
            self.fields["replaces"] = forms.ChoiceField(
                label="It takes the place of a wrong entry",
                required=False,
                choices=[
                    ("", "No"),
                    *((str(place), _told(each)) for place, each in enumerate(self._rows, 1)),
                ],
            )

    def replaced(self, data: dict[str, Any]) -> Any:
        """The entry chosen, taken out of *data*, or None."""
        place = data.pop("replaces", "")
        return self._rows[int(place) - 1] if place else None


class StatusForm(_SaidForm):
    """What a source says of citizenship or status."""

    title = "Enter an immigration status"

    status = forms.ChoiceField(label="Status", choices=[_CHOOSE, *Status.choices])
    detail = PlainField(
        label="More exactly",
        help_text="Such as the class of admission.",
        max_length=200,
        required=False,
    )
    held_since = MemorableDateField(label="It holds since", required=False)

    field_order = ["status", "detail", "held_since", "source", "source_on", "replaces"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.individual.status_entries.select_related("replaced_by")
        self._replaceable(list(rows))

    def act(self, *, actor: User, at: datetime) -> None:
        """Enter the status."""
        data = dict(self.cleaned_data)
        actions.enter_status(
            individual=self.individual,
            said=self.said(data),
            replaces=self.replaced(data),
            actor=actor,
            at=at,
            **data,
        )


class HistoryForm(_SaidForm):
    """What a source says of criminal history."""

    title = "Enter criminal history"

    kind = forms.ChoiceField(label="Kind", choices=[_CHOOSE, *HistoryKind.choices])
    what = PlainField(label="What", help_text="Charge, offense or custody.", max_length=200)
    agency = PlainField(label="Agency or court", max_length=120, required=False)
    happened_on = MemorableDateField(label="Day", required=False)
    outcome = PlainField(label="Outcome", max_length=200, required=False)

    field_order = [
        "kind",
        "what",
        "agency",
        "happened_on",
        "outcome",
        "source",
        "source_on",
        "replaces",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.individual.history_entries.select_related("replaced_by")
        self._replaceable(list(rows))

    def act(self, *, actor: User, at: datetime) -> None:
        """Enter the history."""
        data = dict(self.cleaned_data)
        actions.enter_history(
            individual=self.individual,
            said=self.said(data),
            replaces=self.replaced(data),
            actor=actor,
            at=at,
            **data,
        )


class _FactForm(EntryForm):
    """A dated fact."""

    about: ClassVar[str]

    since = MemorableDateField(label="Since")
    source = PlainField(
        label="What it rests on",
        help_text="The document or decision that says so, with its date or number.",
        max_length=200,
    )

    def act(self, *, actor: User, at: datetime) -> None:
        """Note the fact."""
        data = self.cleaned_data
        actions.note_fact(
            individual=self.individual,
            about=self.about,
            code=data["code"],
            begins=data.get("begins", "yes") == "yes",
            since=data["since"],
            source=data["source"],
            policy_relied_on=data.get("policy", ""),
            actor=actor,
            at=at,
        )


def _begins() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="What happened",
        choices=[("yes", "It began"), ("no", "It ended")],
        initial="yes",
        widget=forms.RadioSelect,
    )


class ProtectionForm(_FactForm):
    """A protection that began or ended."""

    title = "Note a special protection"
    about = About.PROTECTION

    code = forms.ChoiceField(
        label="Protection", choices=Protection.choices, widget=forms.RadioSelect
    )
    begins = _begins()

    field_order = ["code", "begins", "since", "source"]


class StandingForm(_FactForm):
    """How the Privacy Act applies to the person."""

    title = "Note the Privacy Act standing"
    about = About.STANDING

    code = forms.ChoiceField(
        label="Standing",
        help_text="It takes the place of the standing noted before, which stays in the list.",
        choices=PrivacyStanding.choices,
        widget=forms.RadioSelect,
    )
    policy = PlainField(
        label="Policy relied on, with its version",
        help_text="Needed unless the person is a citizen or a resident, or it is not known.",
        max_length=200,
        required=False,
    )

    field_order = ["code", "policy", "since", "source"]


class CategoryForm(_FactForm):
    """A category of the notice in which the person is, or no longer is."""

    title = "Note a category of individual"
    about = About.CATEGORY

    code = forms.ChoiceField(label="Category", choices=Category.choices, widget=forms.RadioSelect)
    begins = _begins()

    field_order = ["code", "begins", "since", "source"]


VALUES: Mapping[str, type[EntryForm]] = {
    "name": NameForm,
    "birth-date": BirthDateForm,
    "birth-place": BirthPlaceForm,
    "address": AddressForm,
    "telephone": TelephoneForm,
    "number": NumberForm,
    "photograph": PhotographForm,
    "status": StatusForm,
    "history": HistoryForm,
}
"""What can be added to a person, as its address names it."""

FACTS: Mapping[str, type[EntryForm]] = {
    "protection": ProtectionForm,
    "standing": StandingForm,
    "category": CategoryForm,
}
"""What can be noted of a person, as its address names it."""


def _choices(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    field.error_messages["invalid_choice"] = "There is no such entry in the list."


def _told(entry: StatusEntry | HistoryEntry) -> str:
    what = (
        entry.get_status_display()
        if isinstance(entry, StatusEntry)
        else f"{entry.get_kind_display()}: {entry.what}"
    )
    return f"{what} ({_in_words(entry.source_on)}, {entry.source})"


def _in_words(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
