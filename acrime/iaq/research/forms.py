"""Forms of research. They check shape; the actions decide."""

from datetime import datetime

from django import forms

from acrime.common.eastern import EASTERN
from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.iaq.choices import ResearchSource
from acrime.iaq.research.choices import CHOSEN
from routine_uses.approvals.forms import PaperField


class ResearchForm(UswdsForm, forms.Form):
    """One look into a source."""

    source = forms.ChoiceField(label="Where you looked", choices=ResearchSource.choices)
    result = forms.ChoiceField(label="What came of it", choices=CHOSEN)
    looked_date = MemorableDateField(label="Day you looked")
    looked_time = forms.TimeField(
        label="Time you looked",
        help_text="Eastern time, for example 14:05",
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "usa-input--small"}),
    )
    source_number = forms.CharField(
        label="Number of the record there",
        max_length=40,
        required=False,
        help_text="As the source shows it. It is stored sealed.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    finding = forms.CharField(
        label="What you found",
        help_text="Write also that nothing was found, or why the source was not available or is "
        "not needed.",
        max_length=2000,
        widget=forms.Textarea,
    )
    paper = PaperField(label="Paper that it rests on", required=False)

    def looked_at(self) -> datetime:
        """The moment of the look."""
        cleaned = self.cleaned_data
        return datetime.combine(cleaned["looked_date"], cleaned["looked_time"], tzinfo=EASTERN)


class AttachForm(UswdsForm, forms.Form):
    """A paper for a research step that is written down."""

    paper = PaperField(label="Paper")


class CitizenForm(UswdsForm, forms.Form):
    """What speaks for citizenship of the United States."""

    reason = forms.CharField(label="What the person says, or what points to it", max_length=200)


class DiscardForm(UswdsForm, forms.Form):
    """Why an answer of a connected system is of no use."""

    reason = forms.CharField(label="Why it is of no use", max_length=200)
