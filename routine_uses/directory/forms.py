"""Forms of the directory of recipients."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from acrime.common.rendering import MemorableDateField, UswdsForm
from routine_uses.choices import AgencyTag, AgreementKind, RecipientType, VerificationMethod
from routine_uses.directory.actions import RecipientDetails
from routine_uses.models import Recipient

_ORI = RegexValidator(r"^[A-Za-z0-9]{9}$", "An ORI has nine letters and digits.")
MOST_ADDRESS_LINES = 6
LONGEST_ADDRESS_LINE = 100


class FilterForm(UswdsForm, forms.Form):
    """What to look for in the directory."""

    q = forms.CharField(label="Name or ORI", required=False, max_length=200)
    type = forms.ChoiceField(
        label="Kind", choices=[("", "All kinds"), *RecipientType.choices], required=False
    )


class RecipientForm(UswdsForm, forms.Form):
    """A recipient as the directory tells it."""

    name = forms.CharField(label="Name", max_length=200)
    type = forms.ChoiceField(label="Kind", choices=[("", "- Select -"), *RecipientType.choices])
    agency_tag = forms.ChoiceField(
        label="Particular body",
        help_text="Where a clause of the notice names that very body.",
        choices=[("", "None of these"), *AgencyTag.choices],
        required=False,
    )
    address = forms.CharField(
        label="Address",
        help_text="As it is to stand in the accounting, one line each.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    ori = forms.CharField(
        label="ORI",
        help_text="Nine letters and digits, where it has one.",
        required=False,
        validators=[_ORI],
        widget=forms.TextInput(attrs={"class": "usa-input--small", "autocomplete": "off"}),
    )
    jurisdiction = forms.CharField(
        label="Jurisdiction",
        help_text="The place or field that it answers for, such as a state or county.",
        max_length=120,
        required=False,
    )
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    is_bail_bond = forms.BooleanField(
        label="A bail bond business or an agent of one",
        help_text="Routine use EE shuts these out, whatever else they are.",
        required=False,
    )
    inside_dhs = forms.BooleanField(
        label="An office of DHS",
        help_text="A copy inside the agency is no disclosure.",
        required=False,
    )

    @classmethod
    def of(cls, recipient: Recipient, data: Any = None) -> "RecipientForm":
        """The form filled with what the directory says."""
        kept = ("name", "type", "agency_tag", "ori", "jurisdiction", "phone", "is_bail_bond")
        initial = {name: getattr(recipient, name) for name in (*kept, "inside_dhs")}
        return cls(data, initial=initial | {"address": "\n".join(recipient.address_lines)})

    def clean_address(self) -> list[str]:
        """The lines of the address, without empty ones."""
        lines = [line.strip() for line in self.cleaned_data["address"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_ADDRESS_LINES:
            raise forms.ValidationError(f"Give at most {MOST_ADDRESS_LINES} lines.")
        if any(len(line) > LONGEST_ADDRESS_LINE for line in lines):
            raise forms.ValidationError(f"A line has at most {LONGEST_ADDRESS_LINE} characters.")
        return lines

    def details(self) -> RecipientDetails:
        """What was entered, for the action."""
        data = dict(self.cleaned_data)
        return RecipientDetails(address_lines=data.pop("address"), **data)


class VerifyContactForm(UswdsForm, forms.Form):
    """How it was made sure that a recipient is reached as the directory says."""

    method = forms.ChoiceField(
        label="How you made sure", choices=VerificationMethod.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Note",
        help_text="Such as the source of the number that you called.",
        max_length=300,
        required=False,
    )


class AgreementForm(UswdsForm, forms.Form):
    """An agreement with a recipient."""

    kind = forms.ChoiceField(label="Kind", choices=AgreementKind.choices)
    reference = forms.CharField(
        label="Reference", help_text="As it stands on the document.", max_length=80
    )
    scope = forms.CharField(
        label="Scope", help_text="What it allows, in words.", widget=forms.Textarea, max_length=500
    )
    letters = forms.MultipleChoiceField(
        label="Routine uses that it serves", widget=forms.CheckboxSelectMultiple
    )
    starts_on = MemorableDateField(label="First day")
    ends_on = MemorableDateField(
        label="Last day", help_text="Empty where it runs until somebody ends it.", required=False
    )

    def __init__(self, *args: Any, uses: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Sequence[tuple[str, str]] = [
            (letter, f"{letter} – {title}") for letter, title in uses
        ]
        letters = self.fields["letters"]
        assert isinstance(letters, forms.MultipleChoiceField)
        letters.choices = choices


class EndAgreementForm(UswdsForm, forms.Form):
    """Why an agreement ends before its last day."""

    reason = forms.CharField(label="Why it ends", max_length=300)
