"""Forms of holds. They check shape; the actions decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from acrime.common.acts import SELECT, TYPED, ActForm, line, note
from acrime.common.numbers import tidied
from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.querysets import people_called
from acrime.retention.holds import actions
from acrime.retention.holds.choices import HoldKind, Scope
from acrime.retention.holds.models import PROGRAMS, Hold, Matter
from acrime.retention.holds.policy import MOST_NAMED

# Longer lists of numbers than these are no list of a person's.
_LONGEST_LIST = 25 * (MOST_NAMED + 1)


class PersonField(forms.CharField):
    """Somebody of the portal, by user name."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=150, widget=forms.TextInput(attrs=TYPED), **more)

    def clean(self, value: Any) -> Any:
        """The person.

        Raises:
            ValidationError: nobody has that user name.
        """
        asked = super().clean(value)
        if not asked:
            return None
        [found] = people_called([asked])
        if found is None:
            raise ValidationError("Nobody has this user name.")
        return found


class NumbersField(forms.CharField):
    """Numbers of records, one a line. Which of them can be seen, the page finds out."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3} | TYPED), **more)

    def clean(self, value: Any) -> Any:
        """The numbers as they are stored, each once.

        Raises:
            ValidationError: it is longer than any list that is taken.
        """
        asked = super().clean(value)
        if len(asked) > _LONGEST_LIST:
            raise ValidationError(f"Name at most {MOST_NAMED} at a time.")
        return list(dict.fromkeys(tidied(each) for each in asked.replace(",", " ").split()))


class HoldForm(UswdsForm, forms.Form):
    """What a hold says."""

    kind = forms.ChoiceField(label="Why records must be kept", choices=[*SELECT, *HoldKind.choices])
    name = line(
        "Name", 120, help_text="What people call it. Only those who work with holds read it."
    )
    ground = line("What it rests on", 300, help_text="The letter, order or request, with its date.")
    reason = note("Why these records", longest=1000)
    scope = forms.ChoiceField(
        label="What it reaches", choices=Scope.choices, widget=forms.RadioSelect
    )
    records = NumbersField(label="Records", help_text="Numbers, one a line.", required=False)
    people = NumbersField(
        label="People", help_text="Numbers that begin with IND, one a line.", required=False
    )
    kinds = forms.MultipleChoiceField(
        label="Kinds of records",
        choices=RecordKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    program = forms.ChoiceField(label="Program", choices=[*SELECT, *PROGRAMS], required=False)
    matter = forms.ChoiceField(label="Matter", required=False)
    opened_from = MemorableDateField(label="Opened on this day or later", required=False)
    opened_to = MemorableDateField(label="Opened on this day or earlier", required=False)
    authority = PersonField(
        label="Authority",
        help_text="User name of the person who alone can release it: counsel, or the FOIA "
        "officer for a request.",
    )
    custodian = PersonField(
        label="Custodian",
        help_text="User name of the person who sees to it that the records are kept, and gets "
        "the letter.",
    )
    review_on = MemorableDateField(label="Review it on", help_text="Within a year.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["matter"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *SELECT,
            *(
                (each.number, f"{each.number}, {each.name}")
                for each in Matter.objects.order_by("pk")
            ),
        ]

    def order(self, *, records: Sequence[Record], people: Sequence[Record]) -> actions.Order:
        """What the hold is to say, naming *records* and *people*."""
        said = dict(self.cleaned_data)
        said["matter"] = Matter.objects.filter(number=said["matter"]).first()
        return actions.Order(**said | {"records": records, "people": people})


class MatterForm(UswdsForm, forms.Form):
    """What a matter is called."""

    name = line("Name of the matter", 120)


class AddForm(UswdsForm, forms.Form):
    """What is added to a matter."""

    records = NumbersField(label="Records", help_text="Numbers, one a line.", required=False)
    people = NumbersField(
        label="People", help_text="Numbers that begin with IND, one a line.", required=False
    )


class _Act(ActForm):
    """An act on a hold."""

    about: Hold


class ReviewForm(_Act):
    """Keeping a hold, and when to look again."""

    title = "Keep the hold"
    lead = "It is still needed. Say when to look at it again."
    places = {"review-not-ahead": "review_on", "review-too-late": "review_on"}

    review_on = MemorableDateField(label="Review it on", help_text="Within a year.")

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        day = self.cleaned_data["review_on"]
        return actions.review_hold(hold=self.about, review_on=day, actor=actor, at=at)


class WidenForm(_Act):
    """Naming more."""

    title = "Add to it"
    lead = "A hold is never made narrower: place a narrower one, then have this one released."
    places = {"nothing-named": "numbers", "no-person": "numbers", "too-many": "numbers"}

    numbers = NumbersField(label="Numbers", help_text="Of the records or people, one a line.")
    found: Sequence[Record] = ()

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        by_person = self.about.scope == Scope.PERSON
        named = {"people" if by_person else "records": self.found}
        return actions.widen_hold(hold=self.about, actor=actor, at=at, **named)  # type: ignore[arg-type]


class CustodianForm(_Act):
    """Another custodian."""

    title = "Name another custodian"
    lead = "The new custodian gets a letter of their own."
    places = {"no-custodian": "person"}

    person = PersonField(label="User name")

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        person = self.cleaned_data["person"]
        return actions.name_custodian(hold=self.about, custodian=person, actor=actor, at=at)


class AuthorityForm(_Act):
    """Another authority."""

    title = "Name another authority"
    lead = "Only the authority releases the hold. Whoever asked for the release must ask anew."
    places = {"no-authority": "person", "not-oneself": "person"}

    person = PersonField(label="User name")

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        person = self.cleaned_data["person"]
        return actions.name_authority(hold=self.about, authority=person, actor=actor, at=at)


class AskForm(_Act):
    """Asking for the release."""

    title = "Ask for the release"
    lead = "The authority that the hold names decides. Until then nothing changes."
    places = {"reason-missing": "reason"}

    reason = note("Why it is not needed any more")

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        reason = self.cleaned_data["reason"]
        return actions.ask_for_release(hold=self.about, reason=reason, actor=actor, at=at)


class RefuseForm(_Act):
    """Keeping a hold whose release was asked for."""

    title = "Refuse the release"
    lead = "The hold stands as before."

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.refuse_release(hold=self.about, actor=actor, at=at)


class ReleaseForm(_Act):
    """Releasing a hold."""

    title = "Release the hold"
    lead = (
        "It cannot be taken back. Records that no other hold reaches may be destroyed when their "
        "time has come."
    )
    places = {"ground-missing": "ground"}
    danger = True

    ground = line("What the release rests on", 300, help_text="The paper, with its date.")

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        ground = self.cleaned_data["ground"]
        return actions.release_hold(hold=self.about, ground=ground, actor=actor, at=at)


ACTS: Mapping[str, type[_Act]] = {
    "review": ReviewForm,
    "add": WidenForm,
    "custodian": CustodianForm,
    "authority": AuthorityForm,
    "ask": AskForm,
    "refuse": RefuseForm,
    "release": ReleaseForm,
}
"""The acts on a hold, by the verb in their address."""

PLACES: Mapping[str, str] = {
    "review-not-ahead": "review_on",
    "review-too-late": "review_on",
    "no-authority": "authority",
    "no-custodian": "custodian",
    "no-person": "people",
    "not-yours-to-place": "kind",
    "scope-missing": "scope",
    "days-missing": "opened_from",
    "days-left-over": "opened_from",
    "days-out-of-order": "opened_to",
    "too-many": "scope",
    **{
        f"{field}-{fault}": field
        for field in ("name", "ground", "reason", "records", "people", "kinds", "program", "matter")
        for fault in ("missing", "left-over")
    },
}
"""Where an order's refusals belong, by their codes."""
