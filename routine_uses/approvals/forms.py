"""Forms of approvals."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from acrime.common.rendering import UswdsForm
from routine_uses.approvals.models import MOST_BYTES
from routine_uses.choices import Answer
from routine_uses.policy import Condition


class PaperField(forms.FileField):
    """A paper. Whether it is one, its contents tell (``documents.media_type_of``)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            f"A PDF file, or a PNG, JPEG or TIFF picture, of at most "
            f"{MOST_BYTES // (1024 * 1024)} MB. It is stored sealed.",
        )
        super().__init__(
            widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff"}), **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload, refused before it is read where it is too large."""
        found = super().clean(data, initial)
        if isinstance(found, UploadedFile) and (found.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"A file has at most {MOST_BYTES // (1024 * 1024)} MB.")
        return found


class PaperForm(UswdsForm, forms.Form):
    """A paper to attach."""

    paper = PaperField(label="Paper")


class DecideForm(UswdsForm, forms.Form):
    """What whoever decides states, and why."""

    def __init__(self, *args: Any, asked: Iterable[Condition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = tuple(asked)
        for condition in self._asked:
            self.fields[condition.key] = _finding_field(condition)
        self.fields["reason"] = forms.CharField(
            label="Reason of the decision",
            help_text="Kept for good, with your name. No personal data.",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def findings(self) -> dict[str, str]:
        """The answers, by key."""
        given = {each.key: self.cleaned_data.get(each.key) for each in self._asked}
        return {key: "yes" if value is True else str(value or "") for key, value in given.items()}


class ReasonForm(UswdsForm, forms.Form):
    """Why an approval is withdrawn."""

    reason = forms.CharField(label="Why it is withdrawn", max_length=500)


class ChiefForm(UswdsForm, forms.Form):
    """Who is to be the Chief Privacy Officer."""

    person = forms.ChoiceField(label="Privacy officer")

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "- Select -")] + [
            (key, person.full_name) for key, person in self._people.items()
        ]

    @property
    def chosen(self) -> User:
        """The person chosen."""
        return self._people[self.cleaned_data["person"]]


def _finding_field(condition: Condition) -> forms.Field:
    # Nothing is required of a refusal; what a grant needs, the action asks for.
    if condition.answer == Answer.YES:
        return forms.BooleanField(label=condition.question, required=False)
    if condition.answer == Answer.CHOICE:
        choices = [("", "- Select -"), *((each, each.capitalize()) for each in condition.accepted)]
        return forms.ChoiceField(
            label=condition.question,
            required=False,
            choices=[*choices, ("OTHER", "Somebody else, or something else")],
        )
    return forms.CharField(label=condition.question, required=False, max_length=200)
