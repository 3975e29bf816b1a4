"""Forms of corrections, disputes and letters."""

from collections.abc import Sequence
from typing import Any

from django import forms

from acrime.common.rendering import UswdsForm
from routine_uses.accounts_of.choices import Withheld
from routine_uses.choices import Field
from routine_uses.corrections.choices import CameBack, SentBy
from routine_uses.corrections.records import Held

OTHER = "other"


class _Why(UswdsForm, forms.Form):
    reference = forms.CharField(
        label="What it rests on",
        help_text="Number or date of the request for amendment, or of another document.",
        max_length=80,
    )
    reason = forms.CharField(
        label="Why",
        help_text="Leave values and names of people out.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CorrectForm(_Why):
    """What was wrong and what is right."""

    what = forms.ChoiceField(
        label="What is wrong",
        widget=forms.RadioSelect,
        help_text="A value of the record is corrected in it. Anything else is noted beside it.",
    )
    field = forms.ChoiceField(
        label="If something else: which field it told",
        choices=[("", "- Select -"), *Field.choices],
        required=False,
    )
    earlier = forms.CharField(
        label="If something else: what it told", max_length=200, required=False
    )
    corrected = forms.CharField(
        label="What is right",
        help_text="A name as LAST, FIRST MIDDLE; a date as 2001-12-31; an address as STREET; CITY; "
        "STATE; POSTAL CODE; COUNTRY.",
        max_length=300,
    )

    field_order = ["what", "field", "earlier", "corrected", "reference", "reason"]

    def __init__(self, data: Any = None, *, values: Sequence[Held]) -> None:
        super().__init__(data)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [
            *(
                (str(place), f"{held.label}: {held.shown or 'not recorded'}")
                for place, held in enumerate(values)
            ),
            (OTHER, "Something else that was told from it"),
        ]
        if not values:
            what.initial = OTHER


class DisputeForm(_Why):
    """What the individual disputes, in the individual's own words."""

    disputed = forms.MultipleChoiceField(
        label="What is disputed", choices=Field.choices, widget=forms.CheckboxSelectMultiple
    )
    statement = forms.CharField(
        label="Statement of the individual",
        help_text="Word for word. It goes with every later disclosure of this record.",
        max_length=2000,
        widget=forms.Textarea,
    )
    agency_reasons = forms.CharField(
        label="The agency's reasons for not amending the record",
        help_text="Only where they are to go along.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ["disputed", "statement", "agency_reasons", "reference", "reason"]


class SettleForm(UswdsForm, forms.Form):
    """How a dispute ended."""

    reason = forms.CharField(label="How it was settled", max_length=300)


class SendForm(UswdsForm, forms.Form):
    """How a letter went."""

    how = forms.ChoiceField(label="How it went", choices=SentBy.choices, widget=forms.RadioSelect)
    reference = forms.CharField(
        label="Reference", help_text="Such as a tracking number.", max_length=80, required=False
    )


class ReturnForm(UswdsForm, forms.Form):
    """What came back."""

    came_back = forms.ChoiceField(
        label="What came back", choices=CameBack.choices, widget=forms.RadioSelect
    )


class ExemptForm(UswdsForm, forms.Form):
    """Why a letter is not sent."""

    under = forms.ChoiceField(
        label="Exemption from 552a(c)(4)",
        choices=[(each.value, each.label) for each in (Withheld.J2, Withheld.K2)],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why it is needed in this case", max_length=300)
