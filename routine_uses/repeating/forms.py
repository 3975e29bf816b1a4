"""Forms of repeating disclosures."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from acrime.common.rendering import MemorableDateField, UswdsForm
from routine_uses import policy
from routine_uses.choices import Field, Method, Purpose
from routine_uses.models import Recipient
from routine_uses.querysets import NoNoticeInForce, rules_in_force
from routine_uses.repeating.actions import Proposal
from routine_uses.repeating.choices import Interval
from routine_uses.wizard.forms import BeginForm
from routine_uses.wizard.outlook import NOT_HERE

_CHOOSE = ("", "- Select -")


class ProposeForm(UswdsForm, forms.Form):
    """A category of repeating disclosures."""

    recipient = forms.ChoiceField(
        label="Recipient",
        help_text="From the directory. A privacy officer adds who is not in it.",
    )
    purpose = forms.ChoiceField(label="Purpose", choices=[_CHOOSE, *Purpose.choices])
    ground = forms.ChoiceField(
        label="Ground", help_text="What it asks is asked anew each time something is sent."
    )
    fields_chosen = forms.MultipleChoiceField(
        label="What may go",
        help_text="Only what the recipient needs. Nothing else goes under the category.",
        choices=Field.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    method = forms.ChoiceField(label="How it goes", choices=[_CHOOSE, *Method.choices])
    nature = forms.CharField(
        label="What it is, in words",
        help_text="As the accounting is to say it each time, such as “List of detainers placed”. "
        "No personal data.",
        max_length=300,
    )
    record_category = forms.CharField(
        label="Which records go",
        help_text="Such as “Responses released to the field office in the week before”.",
        max_length=300,
    )
    interval = forms.ChoiceField(
        label="How often", choices=Interval.choices, widget=forms.RadioSelect
    )
    interval_statement = forms.CharField(
        label="Statement of the interval",
        help_text="When exactly, such as “Every Monday morning”. It stands in the accounting.",
        max_length=300,
    )
    starts_on = MemorableDateField(label="First day")
    ends_on = MemorableDateField(label="Last day", help_text="At most one year after the first.")
    justification = forms.CharField(
        label="Why it repeats",
        help_text="For the privacy officer who decides. No personal data.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, at: datetime) -> None:
        super().__init__(data)
        found = Recipient.objects.filter(is_active=True, inside_dhs=False).order_by("name", "pk")
        self._recipients = {str(each.pk): each for each in found}
        self._offer(
            "recipient",
            (
                (key, f"{each.name} ({each.get_type_display()})")
                for key, each in self._recipients.items()
            ),
        )
        self._offer("ground", _grounds(at))

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [_CHOOSE, *choices]

    def proposal(self) -> Proposal:
        """What was entered, for the action."""
        data = self.cleaned_data
        return Proposal(
            recipient=self._recipients[data["recipient"]],
            code=data["ground"],
            purpose=data["purpose"],
            fields=data["fields_chosen"],
            method=data["method"],
            nature=data["nature"],
            record_category=data["record_category"],
            interval=data["interval"],
            interval_statement=data["interval_statement"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            justification=data["justification"],
        )


class DecideForm(UswdsForm, forms.Form):
    """Why a category is approved or refused."""

    reason = forms.CharField(
        label="Reason of the decision",
        help_text="Kept for good, with your name. No personal data.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EndForm(UswdsForm, forms.Form):
    """Why a category ends."""

    reason = forms.CharField(label="Why it ends", max_length=500)


class SendForm(BeginForm):
    """The records that go this time: up to some hundreds."""

    records = forms.CharField(
        label="Numbers of the records",
        help_text="One on each line, or with commas between.",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def _grounds(at: datetime) -> list[tuple[str, str]]:
    try:
        rules = rules_in_force(at)
    except NoNoticeInForce:
        rules = {}
    letters = [(letter, f"{letter} – {rule.title}") for letter, rule in rules.items()]
    others = [
        (paragraph, f"{rule.clause.removeprefix(policy.STATUTE)} {rule.title}")
        for paragraph, rule in policy.PARAGRAPHS.items()
        if paragraph not in NOT_HERE
    ]
    return [*letters, *others]
