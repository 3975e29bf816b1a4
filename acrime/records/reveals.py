"""Numbers of people are masked on every page; having one shown is an act with a reason.

Which numbers there are is said by the rooms that hold them. A shown number is in one
answer alone: neither in an address nor in the session, and no browser keeps the page.
"""

from django import forms
from django.db import models

from accounts.choices import OVERSIGHT, Role
from acrime.common.rendering import UswdsForm

# Who may have whole numbers shown: those who look people up in other systems, those who
# answer for the records, and oversight. Call takers, field officers, records officers and
# attorneys do their work with names, and with responses, which carry what they must.
REVEALERS = OVERSIGHT | {
    Role.ANALYST,
    Role.SUPERVISOR,
    Role.NCIC_SPECIALIST,
    Role.PRIVACY_OFFICER,
    Role.FOIA_OFFICER,
}

MASK = "••••••"
TAIL = 3
# A number shorter than this would be half told by its end.
SHORTEST_WITH_TAIL = 7


def masked(number: str) -> str:
    """*number* as pages show it: always nine characters, of which the last three are its own.

    The length tells nothing, and a short number shows nothing at all.
    """
    bare = "".join(char for char in number if char.isalnum())
    tail = bare[-TAIL:] if len(bare) >= SHORTEST_WITH_TAIL else MASK[:TAIL]
    return MASK + tail if bare else ""


class RevealReason(models.TextChoices):
    """Why somebody needs a whole number."""

    RESEARCH = "RESEARCH", "To look the person up in another system"
    REVIEW = "REVIEW", "To check a determination or an entry"
    REQUEST = "REQUEST", "To answer a request about the record"
    AUDIT = "AUDIT", "To audit or investigate"
    OTHER = "OTHER", "Another reason"


class RevealForm(UswdsForm, forms.Form):
    """Why a number is to be shown whole. The answer becomes part of the ledger's event."""

    reason = forms.ChoiceField(
        label="Why you need it", choices=RevealReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="In your own words",
        help_text="Needed for another reason. Leave numbers and names of people out.",
        max_length=120,
        required=False,
    )

    def clean(self) -> dict[str, str]:
        """Another reason must be said."""
        cleaned = super().clean() or {}
        other = cleaned.get("reason") == RevealReason.OTHER
        if other and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Say which reason it is.")
        return cleaned

    def purpose(self) -> str:
        """The reason as the ledger keeps it."""
        label = RevealReason(self.cleaned_data["reason"]).label
        note = self.cleaned_data["note"]
        return f"{label}: {note}" if note else label
