"""Forms of the wizard. Each asks only what is still to be said."""

from collections.abc import Iterable
from typing import Any

from django import forms

from acrime.common.rendering import UswdsForm
from routine_uses.approvals.forms import PaperField
from routine_uses.choices import Answer, Field, Method, Protection, Purpose
from routine_uses.models import DisclosureDraft, DisclosureSeries, Recipient
from routine_uses.policy import Condition, ConditionValue
from routine_uses.wizard.actions import Description
from routine_uses.wizard.outlook import Task

_CHOOSE = ("", "- Select -")


class BeginForm(UswdsForm, forms.Form):
    """The records that something is to be disclosed from."""

    records = forms.CharField(
        label="Numbers of the records",
        help_text="One on each line, or with commas between.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_records(self) -> list[str]:
        """The numbers, each once."""
        text = self.cleaned_data["records"].replace(",", " ")
        return list(dict.fromkeys(text.split()))


class DescribeForm(UswdsForm, forms.Form):
    """What goes to whom, why and how."""

    recipient = forms.ChoiceField(
        label="Recipient",
        help_text="From the directory. A privacy officer adds who is not in it.",
    )
    purpose = forms.ChoiceField(label="Purpose", choices=[_CHOOSE, *Purpose.choices])
    method = forms.ChoiceField(label="How it goes", choices=[_CHOOSE, *Method.choices])
    nature = forms.CharField(
        label="What it is, in words",
        help_text="As the accounting is to say it, such as “Copy of the status response”. "
        "No personal data.",
        max_length=300,
    )
    fields_chosen = forms.MultipleChoiceField(
        label="Exactly what is disclosed",
        help_text="Only what the recipient needs. Nothing is chosen beforehand.",
        choices=Field.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    protections = forms.MultipleChoiceField(
        label="Special protection that lies on any of it",
        choices=Protection.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Any = None, *, draft: DisclosureDraft) -> None:
        initial = {
            "recipient": draft.recipient_id or "",
            "purpose": draft.purpose_code,
            "method": draft.method,
            "nature": draft.nature,
            "fields_chosen": draft.fields,
            "protections": draft.protections,
        }
        super().__init__(data, initial=initial)
        found = Recipient.objects.filter(is_active=True, inside_dhs=False).order_by("name", "pk")
        self._recipients = {str(each.pk): each for each in found}
        field = self.fields["recipient"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [_CHOOSE] + [
            (key, f"{each.name} ({each.get_type_display()})")
            for key, each in self._recipients.items()
        ]

    def description(self) -> Description:
        """What was entered, for the action."""
        data = self.cleaned_data
        return Description(
            recipient=self._recipients[data["recipient"]],
            purpose=data["purpose"],
            method=data["method"],
            nature=data["nature"],
            fields=data["fields_chosen"],
            protections=data["protections"],
        )


class OfSeriesForm(UswdsForm, forms.Form):
    """What is still open where a category says the rest: fewer fields, special protection."""

    fields_chosen = forms.MultipleChoiceField(
        label="Exactly what is disclosed",
        help_text="What the category carries. Leave out what does not go this time.",
        widget=forms.CheckboxSelectMultiple,
    )
    protections = forms.MultipleChoiceField(
        label="Special protection that lies on any of it",
        choices=Protection.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self, data: Any = None, *, draft: DisclosureDraft, series: DisclosureSeries
    ) -> None:
        super().__init__(
            data, initial={"fields_chosen": draft.fields, "protections": draft.protections}
        )
        self._series = series
        field = self.fields["fields_chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, Field(code).label) for code in series.fields]

    def description(self) -> Description:
        """What was entered and what the category says, for the action."""
        series = self._series
        return Description(
            recipient=series.recipient,
            purpose=series.purpose_code,
            method=series.method,
            nature=series.nature,
            fields=self.cleaned_data["fields_chosen"],
            protections=self.cleaned_data["protections"],
        )


def describe_form(draft: DisclosureDraft, data: Any = None) -> DescribeForm | OfSeriesForm:
    """What there is to say about *draft*."""
    if draft.series:
        return OfSeriesForm(data, draft=draft, series=draft.series)
    return DescribeForm(data, draft=draft)


class AnswersForm(UswdsForm, forms.Form):
    """What the chosen ground asks of the discloser, and of no record and nobody else."""

    def __init__(
        self,
        *args: Any,
        draft: DisclosureDraft,
        asked: Iterable[Condition],
        disputed: bool,
        owed: str,
        overrides: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._asked = tuple(asked)
        for condition in self._asked:
            given = draft.conditions.get(condition.key, "")
            self.fields[condition.key] = _answer_field(condition, given)
        if overrides:
            self.fields["override_reason"] = forms.CharField(
                label="Why this ground and not the one that fits most narrowly",
                initial=draft.override_reason,
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if disputed:
            self.fields["statement"] = forms.CharField(
                label="Statement of disagreement that goes with it",
                help_text="A record is disputed (5 U.S.C. 552a(d)(4)).",
                initial=draft.statement or owed,
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def answers(self) -> dict[str, ConditionValue]:
        """The answers by key; what was left open is empty."""
        given = {each.key: self.cleaned_data.get(each.key) for each in self._asked}
        return {key: "yes" if value is True else value or "" for key, value in given.items()}


class AskForm(UswdsForm, forms.Form):
    """An approval to ask for, with its paper where it is at hand."""

    reason = forms.CharField(
        label="Why it is needed",
        help_text="For whoever decides. No personal data.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if task.paper:
            self.fields["paper"] = PaperField(
                label=task.paper,
                required=False,
                help_text="A PDF file or a picture. It can be attached later, too.",
            )

    def papers(self) -> list[tuple[str, bytes]]:
        """The paper that came, with its name."""
        paper = self.cleaned_data.get("paper")
        return [(paper.name, paper.read())] if paper else []


class ReviewForm(UswdsForm, forms.Form):
    """What the privacy office found."""

    note = forms.CharField(label="Note", max_length=300, required=False)


def _answer_field(condition: Condition, given: ConditionValue) -> forms.Field:
    # Nothing is required here: a draft may be left half done, and the gate asks at the end.
    if condition.answer == Answer.YES:
        return forms.ChoiceField(
            label=condition.question,
            required=False,
            initial=given,
            choices=[("", "Not answered yet"), ("yes", "Yes"), ("no", "No")],
        )
    if condition.answer == Answer.CHOICE:
        choices = [
            ("", "Not answered yet"),
            *((each, each.replace("_", " ").capitalize()) for each in condition.accepted),
            ("no", "None of these"),
        ]
        return forms.ChoiceField(
            label=condition.question, required=False, initial=given, choices=choices
        )
    return forms.CharField(label=condition.question, required=False, initial=given, max_length=200)
