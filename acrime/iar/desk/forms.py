"""Forms of the desk of delivery."""

from typing import Any

from django import forms

from acrime.common.rendering import UswdsForm
from acrime.iar.replies.actions import KEPT_BYTES

GIVE_UP, OTHERWISE = "give-up", "otherwise"


class CloseForm(UswdsForm, forms.Form):
    """What becomes of a copy that did not arrive."""

    act = forms.ChoiceField(
        label="What becomes of it",
        choices=[
            (OTHERWISE, "It was delivered by other means"),
            (GIVE_UP, "It is given up"),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="Proof or reason",
        help_text="How, by whom and when it was handed over; or why it is not sent any more.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, failed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not failed:
            field = self.fields["act"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(OTHERWISE, "It was delivered by other means")]


class ReplyForm(UswdsForm, forms.Form):
    """What came back, pasted or as a file."""

    text = forms.CharField(
        label="What came back",
        help_text="The whole text: an acknowledgement, or the response as the receiver has it.",
        required=False,
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"class": "acrime-mono", "rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(label="Or a file with it", required=False)

    def clean(self) -> dict[str, Any]:
        """Either of both, and not more than is kept."""
        cleaned = super().clean() or {}
        given = cleaned.get("file")
        if bool(given) == bool((cleaned.get("text") or "").strip()):
            self.add_error("text", "Paste the text or choose a file: one of both.")
        elif given and given.size > KEPT_BYTES:
            self.add_error("file", "The file is larger than is taken in.")
        return cleaned

    def content(self) -> bytes:
        """The bytes that came back."""
        given = self.cleaned_data.get("file")
        if given:
            content: bytes = given.read()
            return content
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").encode("utf-8", errors="surrogatepass")


class MatchForm(UswdsForm, forms.Form):
    """Which response a reply belongs to."""

    number = forms.CharField(
        label="Number of the response", max_length=24, help_text="Such as IAR-2026-7K3M-9QX4"
    )


class SettleForm(UswdsForm, forms.Form):
    """What was done about a reply that matches nothing."""

    note = forms.CharField(
        label="What was done", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
