"""Forms of hit confirmation. They check shape; the actions decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms

from acrime.common.acts import TYPED, line, note
from acrime.common.eastern import EASTERN as EASTERN
from acrime.common.rendering import UswdsForm
from acrime.individuals.facts.policy import text_problem
from acrime.ncic.choices import DocumentKind
from acrime.ncic.disclosing import ATTESTING
from acrime.ncic.forms import checked, document_choice
from acrime.ncic.hits.actions import LONGEST_TEXT, Request
from acrime.ncic.hits.choices import Answer, Priority
from acrime.ncic.hits.policy import LAST_NUMBER
from acrime.ncic.models import BasisDocument
from acrime.ncic.policy import nic_problem, ori_problem, tidied
from routine_uses.choices import Answer as Asked
from routine_uses.choices import Method
from routine_uses.policy import Condition, ConditionValue

MOST_MINUTES = 24 * 60
NUMBER_CHOICES = [
    ("1", "1 – first"),
    ("2", "2 – second"),
    ("3", "3 – third"),
]


class AskedFields(forms.Form):
    """What every request says, whichever way it came."""

    ori = line("ORI of the agency", 12)
    nic = line("NIC number", 12, help_text="One letter and nine digits.")
    priority = forms.ChoiceField(
        label="Priority, as the agency sets it",
        choices=Priority.choices,
        widget=forms.RadioSelect,
    )
    number = forms.ChoiceField(
        label="Request number", choices=NUMBER_CHOICES, widget=forms.RadioSelect, initial="1"
    )

    def clean_nic(self) -> str:
        """It must be able to be one."""
        return checked(tidied(str(self.cleaned_data["nic"])), nic_problem)

    def clean_ori(self) -> str:
        """It must be able to be one."""
        return checked(tidied(str(self.cleaned_data["ori"])), ori_problem)


class MessageForm(UswdsForm, AskedFields):
    """A request that came as a message."""

    attention = line("Attention", 30, required=False)
    person_name = line("Name of the person", 60, required=False)
    person_born = line("Date of birth, as the message writes it", 10, required=False)
    minutes = forms.IntegerField(
        label="Came how many minutes ago",
        min_value=0,
        max_value=MOST_MINUTES,
        initial=0,
        widget=forms.TextInput(attrs=TYPED | {"inputmode": "numeric"}),
    )
    to_control_terminal = forms.BooleanField(
        label="Third request: it also went to the state's control terminal", required=False
    )
    to_fbi = forms.BooleanField(label="Third request: it also went to the FBI", required=False)

    def clean(self) -> dict[str, Any]:
        """Text must be plain."""
        cleaned = super().clean() or {}
        for key in ("attention", "person_name", "person_born"):
            if problem := text_problem(str(cleaned.get(key, ""))):
                self.add_error(key, problem)
        return cleaned

    def request(self) -> Request:
        """The request of the valid form."""
        given = self.cleaned_data
        third = int(given["number"]) == LAST_NUMBER
        return Request(
            nic=given["nic"],
            ori=given["ori"],
            priority=given["priority"],
            number=int(given["number"]),
            attention=given["attention"],
            person_name=given["person_name"],
            person_born=given["person_born"],
            to_control_terminal=given["to_control_terminal"] if third else None,
            to_fbi=given["to_fbi"] if third else None,
        )

    def received_at(self, at: datetime) -> datetime:
        """When it came."""
        return at - timedelta(minutes=self.cleaned_data["minutes"])


class InHandForm(UswdsForm, forms.Form):
    """Which documents are in hand."""

    def __init__(self, *args: Any, kept: list[BasisDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["documents"] = document_choice(kept)

    def chosen(self) -> list[int]:
        """The keys of the documents in hand."""
        return [int(key) for key in self.cleaned_data["documents"]]


class PromiseForm(UswdsForm, forms.Form):
    """Until when an answer is promised, on the clock of the center."""

    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="In Eastern time, as are all times here.",
    )
    time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}))
    told_to = line("Who was told", 120)

    def promised_for(self) -> datetime:
        """The moment promised. Of an hour that comes twice, the later one."""
        given = self.cleaned_data
        local = datetime.combine(given["day"], given["time"], tzinfo=EASTERN)
        return local.replace(fold=1)


class AttestedForm(forms.Form):
    """What the ground asks of whoever tells."""

    def __init__(self, *args: Any, attested: Sequence[Condition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conditions = tuple(attested)
        for each in self.conditions:
            self.fields[f"{ATTESTING}{each.key}"] = _answer_field(each)

    def attested(self) -> dict[str, ConditionValue]:
        """The answers."""
        given = {
            each.key: self.cleaned_data.get(f"{ATTESTING}{each.key}") for each in self.conditions
        }
        return {key: value for key, value in given.items() if value}


class AnswerForm(UswdsForm, AttestedForm):
    """What was told to whom, and how."""

    told = note("What is told, in the words that are used", longest=LONGEST_TEXT)
    told_to = line("Who is told", 120)
    method = forms.ChoiceField(
        label="How",
        choices=[
            (Method.ELECTRONIC.value, "Message (Nlets YR), sent at the terminal"),
            (Method.ORAL.value, "Telephone, at the number of the directory"),
        ],
        widget=forms.RadioSelect,
    )


ANSWERS = {
    "confirm": Answer.CONFIRMED,
    "not-confirm": Answer.NOT_CONFIRMED,
    "not-ice": Answer.NOT_ICE,
}
"""The answers by the last part of their address."""


def papers_of(kept: Iterable[BasisDocument]) -> list[BasisDocument]:
    """The warrants and orders among *kept*, first of all."""
    first = (DocumentKind.WARRANT, DocumentKind.ORDER)
    return sorted(kept, key=lambda each: (each.kind not in first, each.pk))


def _answer_field(condition: Condition) -> forms.Field:
    label = condition.question
    if condition.answer == Asked.YES:
        return forms.BooleanField(label=label, required=False)
    if condition.answer == Asked.CHOICE:
        choices = [("", "- Select -"), *((value, value) for value in condition.accepted)]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    return forms.CharField(label=label, required=False, max_length=200)
