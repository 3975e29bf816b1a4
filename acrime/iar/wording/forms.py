"""Forms of wordings."""

from dataclasses import replace
from typing import Any

from django import forms

from acrime.common.rendering import UswdsForm
from acrime.iaq.conclusions import RECORD_FIELDS, ResponseKind
from acrime.iaq.kinds.models import ConclusionVersion
from acrime.iaq.kinds.policy import MAX_LABEL, MAX_LEAD, WIDTH, wording_problems

NOT, MAY, MUST = "", "optional", "required"
_CARRIED = [(NOT, "Not carried"), (MAY, "May be given"), (MUST, "Must be given")]


class WordingForm(UswdsForm, forms.Form):
    """What a conclusion says and which values it carries."""

    label = forms.CharField(
        label="Name of the conclusion", max_length=MAX_LABEL, help_text="For whoever chooses it."
    )
    headline = forms.CharField(
        label="Conclusion", max_length=WIDTH, help_text="The starred line; it must fit one line."
    )
    lead = forms.CharField(
        label="Lead",
        max_length=MAX_LEAD,
        help_text="The line that introduces the record or stands for it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    closing = forms.CharField(
        label="Notice",
        help_text="One paragraph a line: what follows from the answer, and what does not.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=7000,
    )
    needs_person = forms.BooleanField(
        label="Somebody must be linked before it is drawn", required=False
    )
    supervisor_reviews = forms.BooleanField(
        label="Its second person must be a supervisor", required=False
    )

    def __init__(self, *args: Any, kind: ResponseKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = kind
        for key, field in RECORD_FIELDS.items():
            self.fields[f"field_{key}"] = forms.ChoiceField(
                label=field.label, choices=_CARRIED, required=False
            )
        self.fields["reason"] = forms.CharField(
            label="Why it is to be changed",
            help_text="The second person reads this before deciding.",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    @staticmethod
    def initial_of(kind: ResponseKind) -> dict[str, Any]:
        """What the form shows of a kind as it is."""
        carried = dict.fromkeys(kind.optional_fields, MAY)
        carried |= dict.fromkeys(kind.required_fields, MUST)
        return {
            "label": kind.label,
            "headline": kind.headline,
            "lead": kind.lead,
            "closing": "\n".join(kind.closing),
            "needs_person": kind.needs_person,
            "supervisor_reviews": kind.supervisor_reviews,
            **{f"field_{key}": carried.get(key, NOT) for key in RECORD_FIELDS},
        }

    def proposed(self) -> ResponseKind:
        """The kind as the form says it."""
        cleaned = self.cleaned_data
        paragraphs = (" ".join(line.split()) for line in cleaned.get("closing", "").splitlines())
        return ResponseKind(
            code=self.before.code,
            version=self.before.version,
            label=cleaned.get("label", ""),
            headline=" ".join(cleaned.get("headline", "").split()),
            lead=" ".join(cleaned.get("lead", "").split()),
            required_fields=self._carried(MUST),
            optional_fields=self._carried(MAY),
            closing=tuple(each for each in paragraphs if each),
            needs_person=cleaned.get("needs_person", False),
            supervisor_reviews=cleaned.get("supervisor_reviews", False),
        )

    def clean(self) -> dict[str, Any]:
        """Hold the wording against its rules, each problem at its field."""
        cleaned = super().clean() or {}
        for problem in wording_problems(self.proposed()):
            part = problem.part if problem.part in self.fields else None
            if part is None or part not in self.errors:
                self.add_error(part, problem.explanation)
        return cleaned

    def _carried(self, how: str) -> tuple[str, ...]:
        return tuple(
            key for key in RECORD_FIELDS if self.cleaned_data.get(f"field_{key}", NOT) == how
        )


# What a kind that is not there yet begins as.
NOTHING_YET = ResponseKind(
    code="",
    version=0,
    label="",
    headline="",
    lead="THE FOLLOWING I.C.E. RECORD APPEARS TO RELATE:",
    required_fields=("name", "dob"),
    optional_fields=(),
    closing=(),
)


class NewKindForm(WordingForm):
    """What a conclusion says that could not be drawn so far."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Capitals and underscores, such as PAROLED. It is kept with every "
        "determination and never changes.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, kind=NOTHING_YET, **kwargs)

    def clean_code(self) -> str:
        """A code that no conclusion has or ever had."""
        code: str = self.cleaned_data["code"].strip().upper()
        if ConclusionVersion.objects.filter(code=code, in_force_from__isnull=False).exists():
            raise forms.ValidationError(
                "There is a conclusion with this code. Propose another wording of that one."
            )
        return code

    def proposed(self) -> ResponseKind:
        """The kind as the form says it."""
        return replace(super().proposed(), code=self.cleaned_data.get("code", ""))


class DecideForm(UswdsForm, forms.Form):
    """A second person's decision."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Put it in force"), ("no", "Do not put it in force")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="Comment",
        help_text="Needed where you do not put it in force.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )
