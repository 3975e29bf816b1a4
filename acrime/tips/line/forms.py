"""Forms of the tip line. They check shape; the actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from acrime.common.acts import SELECT, note
from acrime.common.rendering import UswdsForm
from routine_uses.models import Recipient


class OpenForm(UswdsForm, forms.Form):
    """What opening the tip line needs."""

    keeper = forms.ChoiceField(
        label="Supervisor who answers for tips",
        help_text="Owns what comes from the public, and the records of who reported it.",
    )
    reason = note("Why it is opened", longest=300)

    def __init__(self, *args: Any, keepers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keepers = {each.get_username(): each for each in keepers}
        field = self.fields["keeper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*SELECT, *((name, each.full_name) for name, each in self._keepers.items())]

    def chosen(self) -> User:
        """Who was chosen."""
        return self._keepers[self.cleaned_data["keeper"]]


class CloseForm(UswdsForm, forms.Form):
    """What closing the tip line needs."""

    instead = note(
        "Where people turn instead",
        longest=500,
        help_text="The public page says so from then on, and takes nothing.",
    )
    reason = note("Why it is closed", longest=300)


class ExportForm(UswdsForm, forms.Form):
    """To which successor the records go."""

    recipient = forms.ChoiceField(
        label="Successor system",
        help_text="A federal agency of the directory, or an office inside DHS.",
    )
    reason = note("On what it rests", longest=300, help_text="Such as the notice of the successor.")

    def __init__(self, *args: Any, recipients: Sequence[Recipient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._recipients = {str(each.pk): each for each in recipients}
        field = self.fields["recipient"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*SELECT, *((key, each.name) for key, each in self._recipients.items())]

    def chosen(self) -> Recipient:
        """Which successor was chosen."""
        return self._recipients[self.cleaned_data["recipient"]]


class PartForm(UswdsForm, forms.Form):
    """What whoever makes a file answers for."""

    concerned = forms.BooleanField(
        label="The successor has jurisdiction, authority or a need to know in these matters",
    )
