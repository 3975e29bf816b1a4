"""Forms of the desk. They check shape; the actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from acrime.common.acts import SELECT, line, note
from acrime.common.rendering import UswdsForm
from acrime.tips.choices import CameBy, Matter, Result, Speech, StepKind

LONGEST_NOTE = 2_000


class FilterForm(UswdsForm, forms.Form):
    """Which tips of a list are shown."""

    matter = forms.ChoiceField(
        label="About", choices=[("", "Anything"), *Matter.choices], required=False
    )
    came_by = forms.ChoiceField(
        label="Came by", choices=[("", "Any way"), *CameBy.choices], required=False
    )

    def criteria(self) -> dict[str, str]:
        """What is asked for, in words."""
        given = {} if self.errors else self.cleaned_data
        criteria = {}
        if given.get("matter"):
            criteria["About"] = str(Matter(given["matter"]).label)
        if given.get("came_by"):
            criteria["Came by"] = str(CameBy(given["came_by"]).label)
        return criteria


class TriageForm(UswdsForm, forms.Form):
    """The question that stands before everything else, and what the tip is about."""

    speech = forms.ChoiceField(
        label="Does the tip describe how somebody uses a right of the First Amendment: religion, "
        "speech, the press, assembly, or petition?",
        choices=Speech.choices,
        widget=forms.RadioSelect,
    )
    ground = note(
        "If yes: the statute, the authorization or the law enforcement activity, or what it "
        "describes",
        longest=LONGEST_NOTE,
        required=False,
        help_text="Without names of people.",
    )
    matter = forms.ChoiceField(label="What it is about", choices=[*SELECT, *Matter.choices])


class SecondForm(UswdsForm, forms.Form):
    """What a second person decides, and why."""

    agrees = forms.ChoiceField(
        label="Must the tip not be kept?",
        choices=[
            ("yes", "Yes: take its contents out of the record"),
            ("no", "No: it goes back to triage"),
        ],
        widget=forms.RadioSelect,
    )
    reason = note("Why", help_text="Without names of people.")


class SameForm(UswdsForm, forms.Form):
    """The first tip that says the same."""

    other = line("Number of the first tip that says this", 24, help_text="TIP-…")


class OfficeForm(UswdsForm, forms.Form):
    """The officer of an office who goes on with a tip."""

    officer = forms.ChoiceField(
        label="Officer",
        help_text="The officer owns the record from then on. Who reported it stays kept apart.",
    )
    text = note("What the office is to do", longest=LONGEST_NOTE)

    def __init__(self, *args: Any, officers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._officers = {each.get_username(): each for each in officers}
        field = self.fields["officer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *SELECT,
            *(
                (name, f"{each.office.name}: {each.full_name}" if each.office else each.full_name)
                for name, each in self._officers.items()
            ),
        ]

    def chosen(self) -> User:
        """Who was chosen."""
        return self._officers[self.cleaned_data["officer"]]


class StepForm(UswdsForm, forms.Form):
    """Something that was done with a tip."""

    kind = forms.ChoiceField(label="What was done", choices=[*SELECT, *StepKind.choices])
    text = note(
        "What came of it",
        longest=LONGEST_NOTE,
        help_text="Leave out who reported the tip.",
    )


class CloseForm(UswdsForm, forms.Form):
    """What came of a tip."""

    result = forms.ChoiceField(label="What came of it", choices=[*SELECT, *Result.choices])
    text = note("In a few words", longest=LONGEST_NOTE, help_text="Leave out who reported the tip.")
