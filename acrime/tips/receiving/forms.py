"""Forms by which a tip is told. They check shape; the actions decide."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from acrime.common.errors import ActionRefused
from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.tips import policy
from acrime.tips.choices import CameBy, Matter
from acrime.tips.receiving import marks
from acrime.tips.receiving.actions import Person, Source, Told
from acrime.tips.receiving.attachments import Kept, made_anew

_MEGABYTES = policy.MOST_BYTES // (1024 * 1024)
PERSONS = range(1, policy.MOST_PERSONS + 1)
FILES = range(1, policy.MOST_FILES + 1)
_NTH = {1: "First", 2: "Second", 3: "Third"}


def _line(label: str, longest: int = policy.LONGEST_LINE, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"} | more.pop("attrs", {}))
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget, **more)


def _lines(label: str, *, rows: int, longest: int, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=longest, widget=widget, **more)


class EvidenceField(forms.FileField):
    """A file, made anew from what is to be seen in it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})
        # An empty file is refused with words of ours.
        super().__init__(widget=widget, required=False, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Kept | None:
        """What is kept of the upload.

        Raises:
            ValidationError: its contents are refused.
        """
        found = super().clean(data, initial)
        if not isinstance(found, UploadedFile):
            return None
        if (found.size or 0) > policy.MOST_BYTES:
            raise forms.ValidationError(f"A file has at most {_MEGABYTES} MB.")
        try:
            return made_anew(found.read())
        except ActionRefused as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None


class TellForm(UswdsForm, forms.Form):
    """What whoever reports is asked, whichever way it comes."""

    text = _lines(
        "What happened, or is happening?",
        rows=8,
        longest=policy.LONGEST_TEXT,
        help_text="In your own words and in any language. Say how you know.",
        error_messages={"required": "Tell us what happened."},
    )
    matter = forms.ChoiceField(
        label="What is it mostly about?",
        choices=[("", "I am not sure"), *Matter.choices],
        required=False,
    )
    happened = _line("When?", help_text="A date, or words such as “every Friday night”.")
    place = _line("Where?", help_text="An address, a town, a website, or how to get there.")
    mark = forms.CharField(max_length=marks.LONGEST, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in PERSONS:
            self.fields[f"person_{n}_name"] = _line("Name", help_text="Also a nickname or a firm.")
            self.fields[f"person_{n}_description"] = _lines(
                "What do they look like, and what else is known of them?",
                rows=3,
                longest=policy.LONGEST_DESCRIPTION,
                required=False,
            )
            self.fields[f"person_{n}_place"] = _line("Where can they be found?")
        for n in FILES:
            self.fields[f"file_{n}"] = EvidenceField(label=f"{_NTH[n]} file")
        self.fields["source_name"] = _line("Your name", attrs={"autocomplete": "name"})
        self.fields["source_telephone"] = _line(
            "Your telephone number", 40, attrs={"autocomplete": "tel", "inputmode": "tel"}
        )
        self.fields["source_email"] = forms.EmailField(
            label="Your e-mail address",
            max_length=policy.LONGEST_LINE,
            required=False,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        self.fields["source_other"] = _line("Another way to reach you")
        self.fields["may_contact"] = forms.BooleanField(
            label="You may contact me about this", required=False
        )

    def clean(self) -> dict[str, Any]:
        """Whoever may be contacted says how."""
        cleaned = super().clean() or {}
        ways = ("source_telephone", "source_email", "source_other")
        if cleaned.get("may_contact") and not any(
            cleaned.get(way) or way in self.errors for way in ways
        ):
            self.add_error("may_contact", "Say how we can reach you.")
        return cleaned

    def persons(self) -> list[tuple[str, list[Any]]]:
        """The fields about each person, with a heading."""
        names = ("name", "description", "place")
        return [
            (f"{_NTH[n]} person", [self[f"person_{n}_{name}"] for name in names]) for n in PERSONS
        ]

    def evidence(self) -> list[Any]:
        """The fields for files."""
        return [self[f"file_{n}"] for n in FILES]

    def told(self) -> Told:
        """The tip of the valid form."""
        given = self.cleaned_data
        persons = [
            Person(*(given[f"person_{n}_{name}"] for name in ("name", "description", "place")))
            for n in PERSONS
        ]
        return Told(
            text=given["text"],
            persons=tuple(each for each in persons if each != Person()),
            happened=given["happened"],
            place=given["place"],
            matter=given["matter"],
            files=tuple(given[f"file_{n}"] for n in FILES if given[f"file_{n}"]),
            source=Source(
                name=given["source_name"],
                telephone=given["source_telephone"],
                email=given["source_email"],
                other=given["source_other"],
                may_contact=given["may_contact"],
            ),
        )


class PublicForm(TellForm):
    """The public form. ``homepage`` is seen by nobody; what is in it was written by a program."""

    homepage = forms.CharField(
        label="Leave this empty",
        max_length=policy.LONGEST_TEXT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )


class WriteDownForm(TellForm):
    """What staff write down while somebody telephones, or from a letter."""

    came_by = forms.ChoiceField(
        label="How it came",
        choices=[(each.value, each.label) for each in (CameBy.PHONE, CameBy.MAIL)],
        widget=forms.RadioSelect,
        initial=CameBy.PHONE,
    )
    received_on = MemorableDateField(
        label="Day of the call, or on which the letter came",
        help_text="Ten years run from this day.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["text"].label = "What is told"
        self.fields[
            "text"
        ].help_text = "In their own words. Leave out who reports: that has fields of its own."
        for key, label in (
            ("source_name", "Their name"),
            ("source_telephone", "Their telephone number"),
            ("source_email", "Their e-mail address"),
            ("source_other", "Another way to reach them"),
            ("may_contact", "They may be contacted about this"),
        ):
            self.fields[key].label = label
            self.fields[key].widget.attrs["autocomplete"] = "off"

    def clean_received_on(self) -> date:
        """A day that can be."""
        day: date = self.cleaned_data["received_on"]
        if problem := policy.date_problem(day, today=self.today):
            raise forms.ValidationError(problem)
        return day


class ReceiptForm(UswdsForm, forms.Form):
    """The number of a receipt that somebody names."""

    receipt = forms.CharField(
        label="Receipt number",
        max_length=40,
        help_text="RCP-…, as whoever reported reads it out.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
