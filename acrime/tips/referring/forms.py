"""Forms of a referral to another agency. They check shape; the actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms

from acrime.common.acts import SELECT, note
from acrime.common.rendering import UswdsForm
from acrime.ncic.hits.forms import AttestedForm
from acrime.tips.choices import REFERRED_FIELDS
from acrime.tips.policy import LONGEST_TEXT
from routine_uses.choices import Method
from routine_uses.models import Recipient


class PrepareForm(UswdsForm, forms.Form):
    """Which agency is told what."""

    recipient = forms.ChoiceField(label="Agency", help_text="From the directory of recipients.")
    text = note(
        "What the agency is told",
        longest=LONGEST_TEXT,
        help_text="Only what it needs. Leave out who reported the tip, and what would tell it.",
    )
    told = forms.MultipleChoiceField(
        label="Of the tip",
        help_text="Tick whatever the text tells.",
        choices=[(each.value, each.label) for each in REFERRED_FIELDS],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, recipients: Sequence[Recipient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._recipients = {str(each.pk): each for each in recipients}
        field = self.fields["recipient"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *SELECT,
            *((key, f"{each.name}") for key, each in self._recipients.items()),
        ]

    def chosen(self) -> Recipient:
        """Which agency was chosen."""
        return self._recipients[self.cleaned_data["recipient"]]


class SendForm(UswdsForm, AttestedForm):
    """What the ground asks of whoever sends it, and how it goes."""

    method = forms.ChoiceField(
        label="How it is sent",
        choices=[
            (each.value, each.label)
            for each in (Method.ELECTRONIC, Method.PAPER, Method.FAX, Method.ORAL)
        ],
        widget=forms.RadioSelect,
    )
