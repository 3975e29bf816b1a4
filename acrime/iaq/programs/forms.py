"""Forms of program tables. They check shape; the actions decide."""

from typing import Any

from django import forms

from acrime.common.rendering import UswdsForm
from acrime.iaq.codes import purpose_codes
from acrime.iaq.programs.policy import MAX_HOURS, MAX_RANK, Rule, Terms
from routine_uses.choices import Program, RecipientType


class LinesField(forms.CharField):
    """Values of a rule, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs
        )

    def clean(self, value: Any) -> tuple[str, ...]:
        """The lines that say something, in capitals."""
        lines = (" ".join(line.split()).upper() for line in str(super().clean(value)).splitlines())
        return tuple(dict.fromkeys(filter(None, lines)))


class RuleForm(UswdsForm, forms.Form):
    """One rule: what it asks for, and which program follows."""

    key = forms.SlugField(
        label="Name of the rule",
        help_text="Small letters, digits and hyphens. The history of queries names it.",
        max_length=40,
    )
    program = forms.ChoiceField(label="The query then belongs to", choices=Program.choices)
    rank = forms.IntegerField(
        label="Rank",
        help_text="Lower ranks are looked at first. Rules of one rank that fit must agree, or a "
        "person decides.",
        min_value=1,
        max_value=MAX_RANK,
    )
    purposes = forms.MultipleChoiceField(
        label="Purpose code is one of",
        choices=(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    origins = LinesField(
        label="Originating ORI is one of",
        help_text="The arresting agency, or the sender where none is named. One a line, whole or "
        "as a beginning with * behind it: USOPM*",
    )
    senders = LinesField(label="Sender's ORI is one of", help_text="One a line, in the same way.")
    remarks = LinesField(
        label="Remarks say one of", help_text="Whole words, one a line; case does not matter."
    )
    reasons = LinesField(label="Reason fingerprinted says one of", help_text="One a line.")
    tots = LinesField(label="Type of transaction is one of", help_text="One a line, such as NFUF.")
    tcns = LinesField(label="Control number begins with one of", help_text="One a line.")
    fingerprints = forms.ChoiceField(
        label="Made from fingerprints",
        choices=[("", "Does not matter"), ("yes", "Yes"), ("no", "No")],
        required=False,
    )
    note = forms.CharField(
        label="Why the rule is so, with its source", max_length=300, widget=forms.Textarea
    )

    def __init__(self, data: Any = None, *, rule: Rule | None = None) -> None:
        super().__init__(data, initial=_initial(rule) if rule else {"rank": 20})
        purposes = self.fields["purposes"]
        assert isinstance(purposes, forms.MultipleChoiceField)
        purposes.choices = [(code, f"{code} – {name}") for code, name in purpose_codes().items()]

    def rule(self) -> Rule:
        """The rule that was entered."""
        cleaned = dict(self.cleaned_data)
        cleaned["purposes"] = tuple(cleaned["purposes"])
        cleaned["note"] = " ".join(cleaned["note"].split())
        return Rule(**cleaned)


def _initial(rule: Rule) -> dict[str, Any]:
    lists = ("origins", "senders", "remarks", "reasons", "tots", "tcns")
    return {
        "key": rule.key,
        "program": rule.program,
        "rank": rule.rank,
        "purposes": list(rule.purposes),
        "fingerprints": rule.fingerprints,
        "note": rule.note,
        **{name: "\n".join(getattr(rule, name)) for name in lists},
    }


class TermsForm(UswdsForm, forms.Form):
    """What a program entails."""

    schedule_code = forms.ChoiceField(label="Retention item", choices=())
    letters = forms.CharField(
        label="Proposed routine uses",
        help_text="Letters of the notice with commas between, best first.",
        max_length=60,
        required=False,
    )
    recipients = forms.MultipleChoiceField(
        label="Who may be answered",
        choices=RecipientType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.IntegerField(
        label="Hours until an answer is due",
        help_text="Empty where the general target holds.",
        min_value=1,
        max_value=MAX_HOURS,
        required=False,
    )
    note = forms.CharField(
        label="Where this comes from, and what is doubtful", max_length=300, widget=forms.Textarea
    )

    def __init__(self, data: Any, *, terms: Terms, schedule: list[tuple[str, str]]) -> None:
        initial = {
            "schedule_code": terms.schedule_code,
            "letters": ", ".join(terms.letters),
            "recipients": list(terms.recipients),
            "hours": terms.hours,
            "note": terms.note,
        }
        super().__init__(data, initial=initial)
        self._program = terms.program
        field = self.fields["schedule_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = schedule

    def terms(self) -> Terms:
        """The terms that were entered."""
        cleaned = self.cleaned_data
        letters = (letter.strip().upper() for letter in cleaned["letters"].split(","))
        return Terms(
            program=self._program,
            schedule_code=cleaned["schedule_code"],
            letters=tuple(dict.fromkeys(filter(None, letters))),
            recipients=tuple(cleaned["recipients"]),
            hours=cleaned["hours"],
            note=" ".join(cleaned["note"].split()),
        )


class ProposeForm(UswdsForm, forms.Form):
    """Why the rules are to change."""

    reason = forms.CharField(
        label="Why the rules are to change",
        help_text="The second person reads this before deciding.",
        widget=forms.Textarea,
        max_length=500,
    )


class DecideForm(UswdsForm, forms.Form):
    """A second person's decision."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Put them in force"), ("no", "Do not put them in force")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="Comment",
        help_text="Needed where you do not put them in force.",
        widget=forms.Textarea,
        max_length=500,
        required=False,
    )
