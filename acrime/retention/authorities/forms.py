"""Forms of authorities. They check shape; the actions decide."""

from typing import Any

from django import forms

from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.retention.authorities.actions import Terms
from routine_uses.approvals.forms import PaperField
from routine_uses.choices import CutoffRule, Disposal, Trigger


class ProposeForm(UswdsForm, forms.Form):
    """What the Archivist approved, as the document says it."""

    code = forms.ChoiceField(label="Item", help_text="Whose records it covers.")
    number = forms.CharField(
        label="Number of the authority",
        max_length=40,
        help_text="As the Archivist gave it, such as DAA-0567-2015-0013-0001.",
    )
    citation = forms.CharField(
        label="Where it is written", max_length=120, help_text="Title, page or item."
    )
    effective_on = MemorableDateField(label="Approved on")
    trigger = forms.ChoiceField(
        label="The period runs from",
        choices=[
            ("", "- Select -"),
            *((each.value, each.label) for each in Trigger if each != Trigger.UNSTATED),
        ],
    )
    years = forms.IntegerField(
        label="Years",
        required=False,
        min_value=1,
        help_text="Leave empty for records kept for good, or as long as what they follow up.",
    )
    cutoff_rule = forms.ChoiceField(label="Counted from", choices=CutoffRule.choices)
    action = forms.ChoiceField(label="Then", choices=Disposal.choices)
    reason = forms.CharField(
        label="What it rests on",
        help_text="Kept for good, with your name. No personal data.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    own_agency = forms.BooleanField(
        label="It was approved for the records of this agency", required=False
    )
    paper = PaperField(
        label="The approved schedule", help_text="A PDF file of at most 10 MB. It is stored sealed."
    )

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "- Select -"), *items]

    def terms(self) -> Terms:
        """What was filled in."""
        given = self.cleaned_data
        return Terms(
            code=given["code"],
            number=given["number"],
            citation=given["citation"],
            effective_on=given["effective_on"],
            trigger=given["trigger"],
            years=given["years"],
            cutoff_rule=given["cutoff_rule"],
            action=given["action"],
        )


class DecideForm(UswdsForm, forms.Form):
    """Why it is approved or refused."""

    comment = forms.CharField(
        label="Comment",
        help_text="Wanted where it is refused. No personal data.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawForm(UswdsForm, forms.Form):
    """Why it is withdrawn."""

    reason = forms.CharField(label="Why it is withdrawn", max_length=500)
