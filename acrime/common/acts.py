"""An act on something as a form: what it asks, what it is called, and the verb that it does."""

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass

from acrime.common.rendering import UswdsForm

TYPED = {"autocomplete": "off", "spellcheck": "false"}
SELECT = [("", "- Select -")]


def line(label: str, longest: int, *, required: bool = True, **more: Any) -> forms.CharField:
    """A line of text."""
    widget = forms.TextInput(attrs=TYPED | more.pop("attrs", {}))
    return forms.CharField(
        label=label, max_length=longest, required=required, widget=widget, **more
    )


def note(label: str, *, longest: int = 500, required: bool = True, **more: Any) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
        **more,
    )


class AbstractForms(DeclarativeFieldsMetaclass, ABCMeta):
    """Lets a form leave a method to those made of it."""


class ActForm(UswdsForm, forms.Form, metaclass=AbstractForms):
    """An act on *about*: its page and its button are called alike.

    Attributes:
        title: of the page and its button.
        lead: what the act means.
        places: fields by the code of a refusal.
        danger: whether it cannot be taken back.
    """

    title: ClassVar[str]
    lead: ClassVar[str] = ""
    places: ClassVar[Mapping[str, str]] = {}
    danger: ClassVar[bool] = False

    def __init__(self, *args: Any, about: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about

    @abstractmethod
    def act(self, *, actor: Any, at: datetime) -> object:
        """Do what the valid form says.

        Raises:
            ActionRefused: the rules do not allow it.
        """


class ReasonForm(ActForm):
    """An act that asks for its reason and nothing else."""

    reason = note("Why", longest=300)
    places: ClassVar[Mapping[str, str]] = {"reason-missing": "reason"}

    @abstractmethod
    def because(self, reason: str, *, actor: Any, at: datetime) -> object:
        """Do it for *reason*.

        Raises:
            ActionRefused: the rules do not allow it.
        """

    def act(self, *, actor: Any, at: datetime) -> object:
        """Do it for the reason that was given."""
        return self.because(self.cleaned_data["reason"], actor=actor, at=at)


class SendBackForm(ReasonForm):
    """Send something back to whoever prepared it."""

    title = "Send back"
    lead = "Whoever prepared it reads why."
