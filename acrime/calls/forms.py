"""Forms of calls. They check shape; the actions decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from acrime.calls.choices import PURPOSES, CallKind
from acrime.calls.policy import TOLD
from acrime.common.acts import SELECT, line, note
from acrime.common.rendering import UswdsForm
from acrime.individuals.facts.policy import text_problem
from acrime.ncic.forms import checked
from acrime.ncic.hits.actions import Request
from acrime.ncic.hits.choices import Priority
from acrime.ncic.hits.forms import EASTERN, NUMBER_CHOICES, AttestedForm
from acrime.ncic.hits.policy import LAST_NUMBER
from acrime.ncic.policy import nic_problem, ori_problem, tidied

LONGEST_PERSON = 60


class CallForm(UswdsForm, forms.Form):
    """Everything that a caller is asked, in the order in which it is asked."""

    kind = forms.ChoiceField(
        label="What it is about", choices=CallKind.choices, widget=forms.RadioSelect
    )
    ori = line("ORI of the caller's agency", 12, attrs={"autofocus": True})
    caller_name = line("Caller's name", 80)
    callback_given = line(
        "Number that the caller gives",
        40,
        required=False,
        help_text="It is kept. The agency is called back at the number of the directory.",
    )
    purpose = note("What the caller needs, and for what", longest=500)
    person_asked = line("Person asked about", LONGEST_PERSON, required=False)
    person_born = line("Their date of birth, as the caller says", 20, required=False)
    about = line(
        "Number of the response or query",
        24,
        required=False,
        help_text="Of a follow-up: IAR-… or IAQ-…",
    )
    nic = line("NIC number", 12, required=False, help_text="Of a hit confirmation.")
    priority = forms.ChoiceField(
        label="Priority, as the agency sets it",
        choices=[*SELECT, *Priority.choices],
        required=False,
    )
    number = forms.ChoiceField(
        label="Request number", choices=[*SELECT, *NUMBER_CHOICES], required=False
    )
    to_control_terminal = forms.BooleanField(
        label="Third request: it also went to the state's control terminal", required=False
    )
    to_fbi = forms.BooleanField(label="Third request: it also went to the FBI", required=False)

    def clean_ori(self) -> str:
        """It must be able to be one."""
        return checked(tidied(str(self.cleaned_data["ori"])), ori_problem)

    def clean_nic(self) -> str:
        """It must be able to be one, where it is given."""
        nic = tidied(str(self.cleaned_data["nic"]))
        return checked(nic, nic_problem) if nic else ""

    def clean(self) -> dict[str, Any]:
        """What each kind of call needs must be there, and text must be plain."""
        cleaned = super().clean() or {}
        for key in ("caller_name", "callback_given", "purpose", "person_asked", "person_born"):
            if problem := text_problem(" ".join(str(cleaned.get(key, "")).split())):
                self.add_error(key, problem)
        kind = cleaned.get("kind")
        if kind == CallKind.HIT:
            wanted = {
                "nic": "Ask for the NIC number.",
                "priority": "Ask whether it is urgent or routine: the agency sets it.",
                "number": "Ask which request it is.",
            }
            for key, words in wanted.items():
                if not cleaned.get(key) and key not in self.errors:
                    self.add_error(key, words)
        if kind == CallKind.FOLLOW_UP and not cleaned.get("about"):
            self.add_error("about", "Ask for the number of the response or the query.")
        return cleaned

    def request(self) -> Request | None:
        """What a hit confirmation asks."""
        given = self.cleaned_data
        if given["kind"] != CallKind.HIT:
            return None
        third = int(given["number"]) == LAST_NUMBER
        return Request(
            nic=given["nic"],
            ori=given["ori"],
            priority=given["priority"],
            number=int(given["number"]),
            attention=given["caller_name"],
            person_name=given["person_asked"],
            person_born=given["person_born"],
            to_control_terminal=given["to_control_terminal"] if third else None,
            to_fbi=given["to_fbi"] if third else None,
        )

    def person(self) -> str:
        """The person asked about, as the caller says."""
        given = self.cleaned_data
        return ", born ".join(filter(None, (given["person_asked"], given["person_born"])))


class VerifyForm(UswdsForm, forms.Form):
    """Whether the agency knew of the call."""

    reached = forms.ChoiceField(
        label="When you called the agency back at that number",
        choices=[
            ("yes", "It knows the caller and the call"),
            ("no", "It does not know of it"),
        ],
        widget=forms.RadioSelect,
    )


class SayForm(UswdsForm, forms.Form):
    """What is said, and whether anything of a record is in it."""

    text = note("What is said, in the words that are used", longest=1000)
    fields_told = forms.MultipleChoiceField(
        label="Of a record",
        help_text="Tick what is told. Leave it empty where nothing of a record is said.",
        choices=[(each.value, each.label) for each in TOLD],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    purpose = forms.ChoiceField(
        label="What the caller needs it for",
        help_text="Needed where something of a record is told.",
        choices=[*SELECT, *((each.value, each.label) for each in PURPOSES)],
        required=False,
    )


class TellForm(UswdsForm, AttestedForm):
    """What the ground asks of whoever tells what was prepared."""


class TaskForm(UswdsForm, forms.Form):
    """A task that follows the call."""

    what = note("What is to be done", longest=500)
    assigned_to = forms.ChoiceField(label="Whose it is")
    day = forms.DateField(
        label="Due on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label="At", widget=forms.TimeInput(attrs={"type": "time"}), help_text="Eastern time."
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {person.get_username(): person for person in people}
        field = self.fields["assigned_to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *SELECT,
            *((name, person.full_name) for name, person in self._people.items()),
        ]

    def person(self) -> User:
        """Whose it is."""
        return self._people[self.cleaned_data["assigned_to"]]

    def due_at(self) -> datetime:
        """When it is due. Of an hour that comes twice, the later one."""
        given = self.cleaned_data
        return datetime.combine(given["day"], given["time"], tzinfo=EASTERN).replace(fold=1)


class DoneForm(UswdsForm, forms.Form):
    """What came of a task."""

    outcome = note("What came of it", longest=500)
