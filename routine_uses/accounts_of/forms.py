"""Forms of the accounting of a person, and of correcting an entry."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms

from acrime.common.eastern import EASTERN
from acrime.common.rendering import MemorableDateField, UswdsForm
from routine_uses.accounts_of.choices import Withheld
from routine_uses.accounts_of.folding import Line, folded
from routine_uses.accounts_of.policy import open_to_claims
from routine_uses.accounts_of.querysets import Accounted
from routine_uses.choices import ACCOUNTED, Field, Method, Purpose
from routine_uses.models import Disclosure, Recipient

GIVE = "give"
_DECISIONS = [
    (GIVE, "Give it to the subject"),
    (Withheld.J2.value, "Claim the exemption under (j)(2)"),
    (Withheld.K2.value, "Claim the exemption under (k)(2)"),
]


class PrepareForm(UswdsForm, forms.Form):
    """What the subject is given, entry by entry, and all of a category at once.

    Entries under (b)(7) are not asked about.
    """

    request_reference = forms.CharField(
        label="Request that it answers",
        help_text="Its number or date. An accounting for the subject is made on request.",
        max_length=80,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rows: Sequence[Accounted], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = folded([row for row in rows if open_to_claims(row.entry)])
        self.fields["seen"].initial = " ".join(row.disclosure.number for row in rows)
        for line in self._lines:
            self.fields[f"decision_{line.key}"] = forms.ChoiceField(
                label=_asked_about(line), choices=_DECISIONS, widget=forms.RadioSelect
            )
            self.fields[f"reason_{line.key}"] = forms.CharField(
                label=f"Why the exemption is needed for {line.key}",
                help_text="Only where one is claimed. The subject is never told.",
                max_length=300,
                required=False,
            )

    def claims(self) -> dict[str, tuple[str, str]]:
        """The exemptions claimed, by number of the entry."""
        found: dict[str, tuple[str, str]] = {}
        for line in self._lines:
            decision = self.cleaned_data[f"decision_{line.key}"]
            if decision != GIVE:
                reason = self.cleaned_data[f"reason_{line.key}"]
                found |= dict.fromkeys(line.numbers, (decision, reason))
        return found

    def place_of(self, number: str) -> str:
        """The field of the reason that is given for the entry *number*."""
        return next(f"reason_{line.key}" for line in self._lines if number in line.numbers)

    def seen_numbers(self) -> list[str]:
        """The entries that were on the page."""
        return str(self.cleaned_data["seen"]).split()


def _asked_about(line: Line) -> str:
    entry = line.latest
    first, last = (f"{at.astimezone(EASTERN):%b %-d, %Y}" for at in (line.first_at, line.last_at))
    days = f"{first} to {last}, {len(line.rows)} times" if first != last else last
    what = f"{entry.series_interval.lower()}, {entry.purpose}" if line.category else entry.purpose
    return f"{days}, to {entry.recipient_name}: {what} ({line.key})"


if TYPE_CHECKING:
    _ModelChoiceField = forms.ModelChoiceField[Recipient]
else:
    _ModelChoiceField = forms.ModelChoiceField


class _RecipientField(_ModelChoiceField):
    def label_from_instance(self, obj: Recipient) -> str:
        """The recipient's name."""
        return obj.name


class SupersedeForm(UswdsForm, forms.Form):
    """What an entry should have said."""

    disclosed_on = MemorableDateField(label="Date of the disclosure")
    nature = forms.CharField(label="Nature", help_text="Without personal data.", max_length=300)
    purpose_code = forms.ChoiceField(label="Purpose", choices=Purpose.choices)
    fields_disclosed = forms.MultipleChoiceField(
        label="Fields disclosed", choices=Field.choices, widget=forms.CheckboxSelectMultiple
    )
    recipient = _RecipientField(
        label="Recipient",
        help_text="Name and address are taken from the directory as it stands.",
        queryset=Recipient.objects.none(),
    )
    paragraph = forms.ChoiceField(
        label="Ground", choices=[(each.value, each.label) for each in ACCOUNTED]
    )
    letter = forms.CharField(
        label="Letter of the routine use",
        required=False,
        max_length=2,
        widget=forms.TextInput(attrs={"class": "usa-input--small", "autocomplete": "off"}),
    )
    method = forms.ChoiceField(label="Method", choices=Method.choices)
    discloser_title = forms.CharField(
        label="Title of who disclosed it", required=False, max_length=100
    )
    discloser_office = forms.CharField(
        label="Office of who disclosed it", required=False, max_length=120
    )
    reason = forms.CharField(
        label="What is wrong with the entry, and how you know",
        help_text="It stands on the entry that supersedes it.",
        max_length=500,
        widget=forms.Textarea,
    )

    def __init__(self, data: Any = None, *, entry: Disclosure) -> None:
        initial = {
            "disclosed_on": entry.disclosed_at.astimezone(EASTERN).date(),
            "nature": entry.nature,
            "purpose_code": entry.purpose_code,
            "fields_disclosed": entry.fields,
            "recipient": entry.recipient_id,
            "paragraph": entry.paragraph,
            "letter": entry.letter,
            "method": entry.method,
            "discloser_title": entry.discloser_title,
            "discloser_office": entry.discloser_office,
        }
        super().__init__(data, initial=initial)
        self._entry = entry
        recipient = self.fields["recipient"]
        assert isinstance(recipient, _RecipientField)
        recipient.queryset = Recipient.objects.filter(inside_dhs=False)

    def changes(self) -> dict[str, Any]:
        """The facts of the entry as they should be, whether they differ or not."""
        data = self.cleaned_data
        day, held = data["disclosed_on"], self._entry.disclosed_at
        local = held.astimezone(EASTERN)
        moved = held if day == local.date() else datetime.combine(day, local.timetz())
        same = ("nature", "purpose_code", "paragraph", "method", "discloser_title")
        return {name: data[name] for name in (*same, "discloser_office")} | {
            "disclosed_at": moved.isoformat(),
            "fields": data["fields_disclosed"],
            "recipient": data["recipient"].pk,
            "letter": data["letter"].strip().upper(),
        }


class DecideForm(UswdsForm, forms.Form):
    """A second person's decision."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Supersede the entry"), ("no", "Let the entry stand")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="Comment",
        help_text="Needed where the entry stands.",
        widget=forms.Textarea,
        max_length=500,
        required=False,
    )
