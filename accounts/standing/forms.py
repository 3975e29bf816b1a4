"""Forms of standing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.choices import Role
from accounts.models import Course, Office, User
from accounts.standing.bulk import MOST_CHARACTERS, MOST_LINES
from acrime.common.rendering import MemorableDateField, UswdsForm

_SMALL = {"autocomplete": "off", "autocapitalize": "none"}


class ReasonForm(UswdsForm, forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label="Reason", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class AskForm(UswdsForm, forms.Form):
    """A role that somebody is to be given."""

    role = forms.ChoiceField(label="Role")
    until = MemorableDateField(
        label="Last day",
        required=False,
        help_text="Leave empty for a role without an end.",
    )
    reason = forms.CharField(
        label="Why the person needs it",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["role"], [(role.value, role.label) for role in roles])


class AskRemovalForm(UswdsForm, forms.Form):
    """A role that somebody is to lose."""

    role = forms.ChoiceField(label="Role")
    reason = forms.CharField(
        label="Why the person no longer needs it",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["role"], [(role.value, role.label) for role in roles])


class DecideForm(UswdsForm, forms.Form):
    """An administrator's answer to a request."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[("approve", "Approve"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class PassingForm(UswdsForm, forms.Form):
    """A passing of one person."""

    course = forms.ModelChoiceField(
        label="Course", queryset=Course.objects.order_by("pk"), empty_label=None
    )
    passed_on = MemorableDateField(label="Day of passing")
    evidence = forms.CharField(
        label="Evidence",
        help_text="Where the passing can be looked up, such as a certificate’s number.",
        max_length=120,
    )


class UploadForm(UswdsForm, forms.Form):
    """A list of passings, pasted or as a file."""

    lines = forms.CharField(
        label="Lines",
        help_text="One passing a line: user name, course, date, evidence. Commas or tabs between.",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(label="Or a CSV file", required=False, allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        """The text, of the file where one was sent."""
        given = dict(super().clean() or {})
        text = given.get("lines") or ""
        if isinstance(file := given.get("file"), UploadedFile):
            text = self._text_of(file)
        if not self.errors:
            self._check(text)
        return given | {"text": text}

    def _text_of(self, file: "UploadedFile[bytes]") -> str:
        if (file.size or 0) > 4 * MOST_CHARACTERS:
            self.add_error("file", "The file is too large.")
            return ""
        try:
            return bytes(file.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", "The file is not text in UTF-8. Save it as CSV UTF-8.")
            return ""

    def _check(self, text: str) -> None:
        if not text.strip():
            self.add_error("lines", "Paste lines or choose a file.")
        elif "\x00" in text:
            self.add_error("lines", "The text holds characters that cannot be kept.")
        elif len(text) > MOST_CHARACTERS or len(text.splitlines()) > MOST_LINES:
            self.add_error("lines", f"Send at most {MOST_LINES} lines at a time.")


class MoveForm(UswdsForm, forms.Form):
    """Under whom somebody works, and where."""

    supervisor = forms.CharField(
        label="User name of the supervisor",
        help_text="Leave empty for nobody.",
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs=_SMALL),
    )
    office = forms.ModelChoiceField(
        label="Office", queryset=Office.objects.order_by("name"), empty_label=None
    )
    heads = forms.BooleanField(label="Heads this office", required=False)

    def clean_supervisor(self) -> User | None:
        """The supervisor.

        Raises:
            ValidationError: nobody has that user name.
        """
        name = self.cleaned_data["supervisor"]
        if not name:
            return None
        try:
            return User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise forms.ValidationError("There is no account with that user name.") from None


class ReviewForm(UswdsForm, forms.Form):
    """What becomes of one role. Left open, it waits."""

    decision = forms.ChoiceField(
        label="Decision",
        required=False,
        choices=[("keep", "Keep"), ("remove", "Remove")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason", help_text="Needed to remove.", required=False, max_length=400
    )

    def clean(self) -> dict[str, Any]:
        """A removal has a reason."""
        given = dict(super().clean() or {})
        if given.get("decision") == "remove" and not given.get("reason"):
            self.add_error("reason", "Say why the role is removed.")
        return given


def _choose(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
