"""Forms of records of NCIC. They check shape; the actions decide."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from acrime.common.acts import SELECT, ActForm, ReasonForm, SendBackForm, line, note
from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.individuals.facts.policy import text_problem
from acrime.ncic import actions
from acrime.ncic.choices import (
    DocumentKind,
    Extradition,
    LocateResult,
    NcicFile,
    RemovalReason,
    ViolatorCategory,
)
from acrime.ncic.models import BasisDocument, NcicEntry
from acrime.ncic.policy import nic_problem, ori_problem, tidied


class DescribeForm(UswdsForm, forms.Form):
    """What is to be entered."""

    file = forms.ChoiceField(label="File", choices=NcicFile.choices, widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label="Category",
        help_text="Of the Immigration Violator File alone. Its offense code follows from it.",
        choices=[*SELECT, *ViolatorCategory.choices],
        required=False,
    )
    offense = line(
        "Offense (OFF)", 4, required=False, help_text="Four digits; of the Wanted Person File."
    )
    extradition = forms.ChoiceField(
        label="Extradition (EXL)",
        help_text="Of the Wanted Person File.",
        choices=[*SELECT, *Extradition.choices],
        required=False,
    )
    case_number = line("Case number (OCA)", 20, required=False)
    remarks = note("Remarks", required=False)
    nic = line("NIC number of history", 12, required=False, help_text="Of NSEERS history alone.")
    entered_on = MemorableDateField(label="Entered on (history)", required=False)
    removed_on = MemorableDateField(label="Removed on (history)", required=False)

    def clean(self) -> dict[str, Any]:
        """Text must be plain."""
        cleaned = super().clean() or {}
        for key in ("case_number", "remarks"):
            if problem := text_problem(" ".join(str(cleaned.get(key, "")).split())):
                self.add_error(key, problem)
        return cleaned

    def description(self) -> actions.Description:
        """What the valid form says."""
        return actions.Description(**self.cleaned_data)


class DocumentForm(UswdsForm, forms.Form):
    """A document to attach."""

    kind = forms.ChoiceField(label="What it is", choices=[*SELECT, *DocumentKind.choices])
    reference = line("Number or title", 80)
    issued_by = line("Court or office that issued it", 120, required=False)
    issued_on = MemorableDateField(label="Issued on", required=False)
    file = forms.FileField(
        label="File",
        help_text="PDF, PNG, JPEG or TIFF, told by its contents. A photograph is made anew.",
        max_length=200,
    )


class EntryActForm(ActForm):
    """An act on a record."""

    @property
    def entry(self) -> NcicEntry:
        """The record."""
        entry: NcicEntry = self.about
        return entry


class _Documents(EntryActForm):
    """An act for which every document is compared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = BasisDocument.objects.filter(entry=self.entry).defer("content").order_by("pk")
        self.fields["documents"] = document_choice(list(kept))

    def compared(self) -> list[int]:
        """The keys of the documents that were compared."""
        return [int(key) for key in self.cleaned_data["documents"]]


def document_choice(kept: list[BasisDocument]) -> forms.MultipleChoiceField:
    """The documents, each to be ticked once it was compared."""
    return forms.MultipleChoiceField(
        label="Compared, with the document in hand",
        widget=forms.CheckboxSelectMultiple,
        choices=[(str(each.pk), f"{each.get_kind_display()}: {each.reference}") for each in kept],
        required=False,
    )


class SendForm(EntryActForm):
    """Hand it to a second person."""

    title = "Send to the second check"
    lead = "Somebody else who is certified compares every value with the documents."

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.send_to_check(entry=self.entry, actor=actor, at=at)


class CheckForm(_Documents):
    """Say that it agrees."""

    title = "Every value agrees"
    lead = "Open each document and compare every value with it. Tick what you have compared."
    places: ClassVar[Mapping[str, str]] = {"not-compared": "documents"}

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.check(entry=self.entry, documents=self.compared(), actor=actor, at=at)


class BackForm(SendBackForm, EntryActForm):
    """Send it back."""

    def because(self, reason: str, *, actor: User, at: datetime) -> object:
        """Do it for *reason*."""
        return actions.send_back(entry=self.entry, reason=reason, actor=actor, at=at)


class WithdrawForm(ReasonForm, EntryActForm):
    """Give it up."""

    title = "Give up before entry"
    lead = "It was never in NCIC, and no period begins."
    danger = True

    def because(self, reason: str, *, actor: User, at: datetime) -> object:
        """Do it for *reason*."""
        return actions.withdraw(entry=self.entry, reason=reason, actor=actor, at=at)


class EnterForm(EntryActForm):
    """Note the number that NCIC gave."""

    title = "Note the entry in NCIC"
    lead = "Enter the record at the NCIC terminal first; then write down the number it gave."
    nic = line("NIC number", 12, help_text="One letter and nine digits.")
    places: ClassVar[Mapping[str, str]] = {"nic": "nic"}

    def clean_nic(self) -> str:
        """It must be able to be one."""
        return checked(tidied(str(self.cleaned_data["nic"])), nic_problem)

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        nic = self.cleaned_data["nic"]
        return actions.note_entered(entry=self.entry, nic=nic, actor=actor, at=at)


class ValidateForm(_Documents):
    """Note a validation."""

    title = "Note the validation"
    lead = (
        "Review the entry and its documents, and ask the court or office. What is no longer "
        "valid is removed instead."
    )
    consulted = note("Who was consulted, and what they said")
    places: ClassVar[Mapping[str, str]] = {
        "consulted": "consulted",
        "not-compared": "documents",
    }

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.note_validated(
            entry=self.entry,
            consulted=self.cleaned_data["consulted"],
            documents=self.compared(),
            actor=actor,
            at=at,
        )


class LocateForm(EntryActForm):
    """Note a locate."""

    title = "Note a locate"
    lead = "Another agency has found the person and says so in NCIC."
    by_ori = line("ORI of the agency", 12)
    result = forms.ChoiceField(label="Result", choices=[*SELECT, *LocateResult.choices])
    note = note("Note", required=False)
    places: ClassVar[Mapping[str, str]] = {"ori": "by_ori"}

    def clean_by_ori(self) -> str:
        """It must be able to be one."""
        return checked(tidied(str(self.cleaned_data["by_ori"])), ori_problem)

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        given = self.cleaned_data
        return actions.note_located(
            entry=self.entry,
            by_ori=given["by_ori"],
            result=LocateResult(given["result"]),
            note=given["note"],
            actor=actor,
            at=at,
        )


class ClearForm(EntryActForm):
    """Note a clearing."""

    title = "Note the clearing"
    lead = "The period of the notice does not run yet: it runs from the removal."
    reason = forms.ChoiceField(label="Reason", choices=[*SELECT, *RemovalReason.choices])
    note = note("Note", required=False)

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        given = self.cleaned_data
        reason = RemovalReason(given["reason"])
        return actions.note_cleared(
            entry=self.entry, reason=reason, note=given["note"], actor=actor, at=at
        )


class RemoveForm(ClearForm):
    """Note the removal."""

    title = "Note the removal from NCIC"
    lead = "From today the 75 years of the notice run. The day cannot be dated back."
    danger = True

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        given = self.cleaned_data
        reason = RemovalReason(given["reason"])
        return actions.note_removed(
            entry=self.entry, reason=reason, note=given["note"], actor=actor, at=at
        )


ACTS: Mapping[str, type[ActForm]] = {
    "send": SendForm,
    "check": CheckForm,
    "back": BackForm,
    "withdraw": WithdrawForm,
    "enter": EnterForm,
    "validate": ValidateForm,
    "locate": LocateForm,
    "clear": ClearForm,
    "remove": RemoveForm,
}
"""The acts by the last part of their address."""


def checked(text: str, problem_of: Callable[[str], str]) -> str:
    """*text* where nothing is wrong with it.

    Raises:
        ValidationError: what is wrong.
    """
    if problem := problem_of(text):
        raise forms.ValidationError(problem)
    return text
