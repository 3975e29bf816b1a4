"""Forms of working a query. They check shape; the actions decide."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.iaq.conclusions import (
    RecordField,
    RecordValue,
    ResponseKind,
    fields_of,
    record_problems,
)


class ReturnForm(UswdsForm, forms.Form):
    """Why a determination goes back to its author."""

    reason = forms.CharField(
        label="Why it goes back to the author", max_length=300, widget=forms.Textarea
    )


class PutBackForm(UswdsForm, forms.Form):
    """Why a query goes back on the worklist. The reason is part of the ledger's event."""

    reason = forms.CharField(label="Reason", max_length=200, widget=forms.Textarea)


class LinkForm(UswdsForm, forms.Form):
    """Why the query is about this individual."""

    individual = forms.CharField(max_length=24, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why this is the same person", max_length=300)


class SubjectForm(UswdsForm, forms.Form):
    """Why none of the possible individuals is the person."""

    reason = forms.CharField(
        label="Why none of the individuals above is this person", max_length=300
    )
    despite = forms.CharField(
        label="Why the one that fits very well is somebody else",
        help_text="One of them fits so well that you would normally link it.",
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, strong: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not strong:
            del self.fields["despite"]


class ProgramForm(UswdsForm, forms.Form):
    """What a query is really for, and why."""

    program = forms.ChoiceField(label="Program", choices=())
    reason = forms.CharField(label="Reason", max_length=200)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class SettleForm(UswdsForm, forms.Form):
    """What was done about a message that could not be read."""

    note = forms.CharField(
        label="What was done",
        help_text="For example: asked the sender by telephone to send the query again.",
        max_length=500,
        widget=forms.Textarea,
    )


class TranscribeForm(UswdsForm, forms.Form):
    """What an unreadable message says, typed by a person."""

    text = forms.CharField(
        label="The query as it should read",
        help_text="In the same layout. The original stays as it is beside it.",
        strip=False,
        widget=forms.Textarea(attrs={"class": "acrime-mono acrime-tall", "spellcheck": "false"}),
    )
    note = forms.CharField(label="What you changed, and why", max_length=300)


class ConclusionForm(UswdsForm, forms.Form):
    """The record values of one kind of conclusion, made from the kind's own fields."""

    def __init__(
        self,
        *args: Any,
        kind: ResponseKind,
        today: date,
        open_sources: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.today = today
        self.record_fields = fields_of(kind)
        required = kind.required_fields
        for each in self.record_fields:
            self.fields[each.key] = _form_field(each, required=each.key in required)
        self.fields["basis"] = forms.CharField(
            label="How the research bears this out",
            help_text="For the reviewer. It stays in the portal.",
            max_length=2000,
            widget=forms.Textarea,
        )
        if open_sources:
            self.fields["open_because"] = forms.CharField(
                label="Why required sources were not looked into",
                help_text=f"Required and still open: {', '.join(open_sources)}.",
                max_length=500,
                widget=forms.Textarea,
            )

    def clean(self) -> dict[str, Any]:
        """Check the values against the fields of the message."""
        cleaned = super().clean() or {}
        for problem in record_problems(self.kind, self.record(), today=self.today):
            self.add_error(problem.key, problem.explanation)
        return cleaned

    def record(self) -> dict[str, RecordValue]:
        """The values that were given, in the shape that the message takes."""
        values: dict[str, RecordValue] = {}
        for each in self.record_fields:
            value = self.cleaned_data.get(each.key)
            if each.kind == "list" and value:
                value = [line.strip() for line in value.splitlines() if line.strip()]
            if value:
                values[each.key] = value
        return values

    def stored(self) -> dict[str, object]:
        """The same, ready for JSON."""
        return {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in self.record().items()
        }


def _form_field(each: RecordField, *, required: bool) -> forms.Field:
    common: dict[str, Any] = {"label": each.label, "help_text": each.hint, "required": required}
    if each.kind == "date":
        return MemorableDateField(**common)
    if each.kind == "flag":
        return forms.BooleanField(**common)
    if each.kind == "list":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    return forms.CharField(max_length=each.max_length, **common)
