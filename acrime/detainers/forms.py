"""Forms of detainers. They check shape; the actions decide."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from acrime.common.acts import SELECT, ActForm, ReasonForm, SendBackForm, line, note
from acrime.common.numbers import tidied
from acrime.common.rendering import MemorableDateField, UswdsForm
from acrime.detainers import actions
from acrime.detainers.choices import (
    Basis,
    Box,
    CustodyStatus,
    Edition,
    LiftReason,
    OfficerTitle,
    ReleaseKind,
    RemovalStatus,
    Rule,
    Service,
    WarrantForm,
    Zone,
)
from acrime.detainers.models import Detainer
from acrime.detainers.policy import EXISTENCE, LONGEST_VALUE, local_moment
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.facts.policy import number_problem, text_problem
from acrime.ncic.hits.forms import AttestedForm
from acrime.ncic.policy import ori_problem
from acrime.ncic.policy import tidied as tidied_ori
from routine_uses.choices import Field, Method
from routine_uses.models import Recipient

METHODS = [
    (Method.ELECTRONIC.value, "Electronic message"),
    (Method.FAX.value, "Fax"),
    (Method.PAPER.value, "Paper, handed over"),
    (Method.ORAL.value, "Telephone, at the number of the directory"),
]


class AgencyField(forms.CharField):
    """An agency of the directory, by its ORI or its name as the directory writes it."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=120, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        """The recipient.

        Raises:
            ValidationError: the directory has none of that ORI or name, or several.
        """
        asked = super().clean(value)
        if not asked:
            return None
        ori = tidied_ori(asked)
        active = Recipient.objects.filter(is_active=True).order_by("pk")
        found = list(active.filter(ori=ori)[:2]) if not ori_problem(ori) else []
        found = found or list(active.filter(name__iexact=asked)[:2])
        if len(found) != 1:
            raise ValidationError(
                "The directory has no one agency of that ORI or name. A privacy officer adds "
                "agencies."
            )
        return found[0]


class DescribeForm(UswdsForm, forms.Form):
    """What a detainer says."""

    edition = forms.ChoiceField(
        label="Form",
        choices=Edition.choices,
        initial=Edition.I247A.value,
        help_text="Only I-247A is issued today. An earlier one that stands is written down here.",
    )
    agency = AgencyField(
        label="Agency that has the person in custody",
        help_text="Its ORI, or its name as the directory writes it.",
    )
    place = line("Facility", 120, required=False)
    zone = forms.ChoiceField(label="Clock of that place", choices=Zone.choices)
    agency_number = line("Booking or inmate number", 40, required=False)
    box = forms.ChoiceField(
        label="Box", choices=Box.choices, widget=forms.RadioSelect, help_text="One and never both."
    )
    bases = forms.MultipleChoiceField(
        label="Box 1: probable cause rests on",
        help_text="At least one with box 1, none with box 2.",
        choices=Basis.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    grounds = note(
        "What the finding rests on",
        help_text="With box 1 the order, the case, the match or the statement. With box 2 the "
        "proceeding or investigation, and its agency.",
        required=False,
    )
    warrant = forms.ChoiceField(
        label="Signed warrant that goes with it",
        choices=[*SELECT, *WarrantForm.choices],
        required=False,
    )
    warrant_signed_on = MemorableDateField(label="Warrant signed on", required=False)
    citizenship = line("Citizenship, as the file says", 60, required=False)
    subject_id = line("Subject ID", 20, required=False)
    event_number = line("Event number", 20, required=False)
    rule = forms.ChoiceField(
        label="Of I-247D, I-247X and I-247: what the paper says of the 48 hours",
        choices=[*SELECT, *Rule.choices],
        required=False,
    )
    issued_on = MemorableDateField(label="Of an earlier form: issued on", required=False)
    officer_title = forms.ChoiceField(
        label="Of an earlier form: title of the officer",
        choices=[*SELECT, *OfficerTitle.choices],
        required=False,
    )
    officer_name = line("Of an earlier form: name of the officer", 80, required=False)

    def clean(self) -> dict[str, Any]:
        """Text must be plain."""
        cleaned = super().clean() or {}
        for key, value in cleaned.items():
            if isinstance(value, str) and (problem := text_problem(" ".join(value.split()))):
                self.add_error(key, problem)
        return cleaned

    def description(self) -> actions.Description:
        """What the valid form says."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "about"}
        return actions.Description(**given)


class NewForm(DescribeForm):
    """A new detainer, and which query it follows."""

    about = line(
        "Query or response that it follows",
        24,
        required=False,
        help_text="IAQ-… or IAR-…, where one brought the person to light.",
    )

    field_order = ("about",)

    def asked_number(self) -> str:
        """The number of the query or response, or nothing."""
        return tidied(self.cleaned_data["about"])


class DetainerActForm(ActForm):
    """An act on a detainer."""

    @property
    def detainer(self) -> Detainer:
        """The detainer."""
        detainer: Detainer = self.about
        return detainer


class HandOverForm(DetainerActForm):
    """Hand it to an issuing officer."""

    title = "Hand to the issuing officer"
    lead = "An officer who may issue detainers, and who is somebody else, decides."
    places: ClassVar[Mapping[str, str]] = {}

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.hand_over(detainer=self.detainer, actor=actor, at=at)


class IssueForm(DetainerActForm):
    """Issue it."""

    title = "Issue the detainer"
    lead = "You answer for the finding. A detainer is a request; nothing leaves with this yet."
    officer_title = forms.ChoiceField(
        label="Title under which you issue it", choices=[*SELECT, *OfficerTitle.choices]
    )
    found_cause = forms.BooleanField(
        label="I have read what it rests on, and find that there is probable cause, or with box 2 "
        "that DHS transferred the person",
        required=False,
    )
    places: ClassVar[Mapping[str, str]] = {"title": "officer_title", "found_cause": "found_cause"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.detainer.edition != Edition.I247A:
            # The paper says under which title it was issued.
            self.fields.pop("officer_title")
            self.fields["found_cause"].label = "I have compared every value with the paper"

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.issue(
            detainer=self.detainer,
            title=self.cleaned_data.get("officer_title", ""),
            found_cause=self.cleaned_data["found_cause"],
            actor=actor,
            at=at,
        )


class BackForm(SendBackForm, DetainerActForm):
    """Send it back."""

    def because(self, reason: str, *, actor: User, at: datetime) -> object:
        """Do it for *reason*."""
        return actions.send_back(detainer=self.detainer, reason=reason, actor=actor, at=at)


class WithdrawForm(ReasonForm, DetainerActForm):
    """Give it up."""

    title = "Give up"
    lead = "It was never issued."
    danger = True

    def because(self, reason: str, *, actor: User, at: datetime) -> object:
        """Do it for *reason*."""
        return actions.withdraw(detainer=self.detainer, reason=reason, actor=actor, at=at)


class _Moment(DetainerActForm):
    """An act at a time on the clock of the place of custody."""

    day = forms.DateField(
        label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}))
    places: ClassVar[Mapping[str, str]] = {"time": "time"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].help_text = f"On the clock there: {self.detainer.get_zone_display()}."

    def moment(self) -> datetime | None:
        """The time, or None where that clock never showed it."""
        given = self.cleaned_data
        return local_moment(given["day"], given["time"], self.detainer.zone)

    def past_moment(self) -> datetime:
        """The time of something that happened.

        Raises:
            ActionRefused: that clock never showed it.
        """
        moment = self.moment()
        if moment is None:
            raise actions.no_such_time()
        return moment


class ServedForm(_Moment):
    """Note the service."""

    title = "Note that a copy was served"
    lead = "A detainer takes effect when a copy is served on the person."
    how = forms.ChoiceField(label="How", choices=Service.choices, widget=forms.RadioSelect)
    by = line("By whom", 80)
    places: ClassVar[Mapping[str, str]] = {"time": "time", "by": "by"}

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        given = self.cleaned_data
        return actions.note_served(
            detainer=self.detainer,
            served_at=self.past_moment(),
            how=Service(given["how"]),
            by=given["by"],
            actor=actor,
            at=at,
        )


class ReleaseForm(_Moment):
    """Note the release."""

    title = "Note the release"
    lead = "When the person is, or otherwise would be, released. From then on the 48 hours run."
    kind = forms.ChoiceField(
        label="The time is", choices=ReleaseKind.choices, widget=forms.RadioSelect
    )
    told_by = line("Who told it", 80)
    places: ClassVar[Mapping[str, str]] = {"time": "time", "told_by": "told_by"}

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        given = self.cleaned_data
        return actions.note_release(
            detainer=self.detainer,
            release_at=self.moment(),
            kind=ReleaseKind(given["kind"]),
            told_by=given["told_by"],
            actor=actor,
            at=at,
        )


class LiftForm(DetainerActForm):
    """Lift it."""

    title = "Lift the detainer"
    lead = (
        "It is lifted at once, and waits for no check. Word to the agency that has custody is "
        "prepared; send it next, so that nobody is held by it."
    )
    danger = True
    reason = forms.ChoiceField(label="Reason", choices=[*SELECT, *LiftReason.choices])
    note = note("Note", required=False)
    places: ClassVar[Mapping[str, str]] = {"note": "note"}

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        given = self.cleaned_data
        return actions.lift(
            detainer=self.detainer,
            reason=LiftReason(given["reason"]),
            note=given["note"],
            actor=actor,
            at=at,
        )


class ActOnForm(_Moment):
    """Note the custody."""

    title = "Note that DHS took custody"
    lead = "The detainer has done what it is for."

    def act(self, *, actor: User, at: datetime) -> object:
        """Do it."""
        return actions.act_on(
            detainer=self.detainer, taken_at=self.past_moment(), actor=actor, at=at
        )


ACTS: Mapping[str, type[DetainerActForm]] = {
    "hand-over": HandOverForm,
    "issue": IssueForm,
    "back": BackForm,
    "withdraw": WithdrawForm,
    "served": ServedForm,
    "release": ReleaseForm,
    "lift": LiftForm,
    "acted-on": ActOnForm,
}
"""The acts by the last part of their address."""


class NoticeForm(UswdsForm, forms.Form):
    """A notice to the justice system: a value for each thing that it tells, and no other words."""

    recipient = AgencyField(
        label="Who is told",
        help_text="A court, an agency of the justice process or counsel: the ORI, or the name as "
        "the directory writes it. Never a bail bond company.",
    )
    existence = forms.BooleanField(label="Tell whether there is a detainer", required=False)
    removal = forms.ChoiceField(
        label="Removal proceedings",
        choices=[("", "Not told"), *((each.value, each.value) for each in RemovalStatus)],
        required=False,
    )
    custody = forms.ChoiceField(
        label="Custody",
        choices=[("", "Not told"), *((each.value, each.value) for each in CustodyStatus)],
        required=False,
    )
    location = line("Place of custody", LONGEST_VALUE, required=False)
    a_number = line("A-Number", 12, required=False)
    country = line("Country of birth", 40, required=False)

    def clean(self) -> dict[str, Any]:
        """Text must be plain, and a number must be able to be one."""
        cleaned = super().clean() or {}
        for key in ("location", "country"):
            if problem := text_problem(str(cleaned.get(key, ""))):
                self.add_error(key, problem)
        number = str(cleaned.get("a_number", ""))
        if number and (problem := number_problem(IdentifierKind.A_NUMBER, number)):
            self.add_error("a_number", problem)
        return cleaned

    def values(self, detainer: Detainer) -> dict[str, str]:
        """What is told, by its field."""
        given = self.cleaned_data
        told = {
            Field.DETAINER_EXISTENCE: EXISTENCE.get(detainer.state, "")
            if given["existence"]
            else "",
            Field.REMOVAL_STATUS: given["removal"],
            Field.CUSTODY_STATUS: given["custody"],
            Field.CUSTODY_LOCATION: given["location"],
            Field.A_NUMBER: given["a_number"],
            Field.COUNTRY_OF_BIRTH: given["country"],
        }
        return {str(field): value for field, value in told.items() if value}


class SendForm(UswdsForm, AttestedForm):
    """How something goes, to whom, and what the ground asks of whoever sends it."""

    sent_to = line("Who gets it there", 120)
    method = forms.ChoiceField(label="How it goes", choices=METHODS, widget=forms.RadioSelect)
