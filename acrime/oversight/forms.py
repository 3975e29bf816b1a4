"""What OPR asks the ledger."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from accounts.models import User
from acrime.audit.choices import Channel, Outcome
from acrime.common import numbers, request_ids
from acrime.common.eastern import EASTERN
from acrime.common.rendering import UswdsForm
from acrime.oversight.choices import FileFormat, Group
from acrime.oversight.querysets import (
    Wanted,
    is_individual,
    people_named,
    records_about,
)
from acrime.records.models import Record

MINUTE = "%Y-%m-%dT%H:%M"
_TAG = re.compile(r"[0-9a-f]{16}")
ANY = ("", "Any")
# There was no portal before and is none after.
FIRST_YEAR, LAST_YEAR = 2000, 2200


def _moment(label: str, hint: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        required=False,
        input_formats=[MINUTE, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
        error_messages={"invalid": "Enter a date and a time, such as 2026-11-20 14:05."},
    )


def _possible(moment: datetime | None) -> datetime | None:
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise forms.ValidationError(f"Enter a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


class SearchForm(UswdsForm, forms.Form):
    """Which events are wanted. Sent by POST; the address that answers names accounts only.

    A person may be given by a part of the name. Names of people stay out of addresses, and so
    out of the logs of proxies: the view turns the name into an account first.
    """

    person = forms.CharField(
        label="Person",
        help_text="User name, or part of the name.",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    record = forms.CharField(
        label="Record number",
        help_text="Events about this record, and lists that met it.",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    individual = forms.CharField(
        label="Individual’s number",
        help_text="The individual and every record linked to it.",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = _moment("From", "Eastern time.")
    until = _moment("To", "Eastern time, that minute too.")
    group = forms.ChoiceField(label="Kind of action", required=False, choices=[ANY, *Group.choices])
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=[ANY, *Outcome.choices])
    channel = forms.ChoiceField(label="Channel", required=False, choices=[ANY, *Channel.choices])
    address = forms.GenericIPAddressField(
        label="Source address",
        required=False,
        error_messages={"invalid": "Enter an IPv4 or IPv6 address."},
    )
    session = forms.CharField(
        label="Session tag", help_text="As an event shows it.", max_length=16, required=False
    )
    request_id = forms.CharField(
        label="Request id",
        help_text="As an event or a problem page shows it.",
        max_length=request_ids.LONGEST,
        required=False,
    )
    opr = forms.BooleanField(
        label="Also what OPR itself did",
        help_text="Only the lead of OPR is asked this.",
        required=False,
    )

    def __init__(self, *args: Any, reader: User, lead: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.candidates: list[User] = []
        if not lead:
            del self.fields["opr"]

    def clean_person(self) -> str:
        """The text; which accounts it means is found beside it."""
        text = " ".join(str(self.cleaned_data["person"]).split())
        if text:
            self.candidates = people_named(text)
            if not self.candidates:
                raise forms.ValidationError("Nobody has this user name or name.")
        return text

    def clean_record(self) -> Record | None:
        """The record with that number."""
        return self._record("record")

    def clean_individual(self) -> Record | None:
        """The record of the individual with that number."""
        found = self._record("individual")
        if found is not None and not is_individual(found):
            raise forms.ValidationError("This is no individual’s number. Those begin with IND.")
        return found

    def _record(self, name: str) -> Record | None:
        text = str(self.cleaned_data[name]).strip()
        if not text:
            return None
        number = numbers.tidied(text)
        found = Record.objects.visible_to(self.reader).filter(number=number).first()
        if found is None:
            raise forms.ValidationError("There is no record with this number.")
        return found

    def clean_since(self) -> datetime | None:
        """A moment that the ledger can hold."""
        return _possible(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        """A moment that the ledger can hold."""
        return _possible(self.cleaned_data["until"])

    def clean_session(self) -> str:
        """The tag, in small letters."""
        text = str(self.cleaned_data["session"]).strip().lower()
        if text and not _TAG.fullmatch(text):
            raise forms.ValidationError("A session tag is 16 letters a to f and digits.")
        return text

    def clean_request_id(self) -> str:
        """The id as it was given."""
        text = str(self.cleaned_data["request_id"]).strip()
        if text and not request_ids.is_well_formed(text):
            raise forms.ValidationError("A request id has 8 to 36 letters, digits and dashes.")
        return text

    def clean(self) -> dict[str, Any]:
        """The period, and one thing to look at."""
        cleaned = dict(super().clean() or {})
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The period ends before it begins.")
        if cleaned.get("record") and cleaned.get("individual"):
            self.add_error("individual", "Give a record or an individual, not both.")
        return cleaned

    @property
    def account(self) -> User | None:
        """The one account that is meant, once there is only one."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    def wanted(self) -> Wanted:
        """What a valid form asks the ledger."""
        given = self.cleaned_data
        records: tuple[int, ...] | None = None
        if given["record"]:
            records = (given["record"].pk,)
        elif given["individual"]:
            records = records_about(given["individual"])
        return Wanted(
            person=self.account.pk if self.account else None,
            records=records,
            since=given["since"],
            until=given["until"] + timedelta(minutes=1) if given["until"] else None,
            group=given["group"],
            outcome=given["outcome"],
            channel=given["channel"],
            address=given["address"],
            session=given["session"],
            request_id=given["request_id"],
            opr=bool(given.get("opr")),
        )

    def address_part(self, *, person: str = "") -> str:
        """What a valid form asks as the query of an address, with an account for the person."""
        username = person or (self.account.username if self.account else "")
        parts = {name: value for name, value in self._given() if name != "person"}
        return urlencode({"person": username, **parts} if username else parts)

    def criteria(self) -> dict[str, str]:
        """What a valid form asks, as the reader reads it: labels and values."""
        words = {str(self.fields[name].label): value for name, value in self._shown()}
        if self.account:
            words["Person"] = self.account.username
        return words

    def _given(self) -> Iterator[tuple[str, str]]:
        for name, value in self.cleaned_data.items():
            if isinstance(value, Record):
                yield name, value.number
            elif isinstance(value, datetime):
                yield name, value.astimezone(EASTERN).strftime(MINUTE)
            elif value is True:
                yield name, "on"
            elif value:
                yield name, str(value)

    def _shown(self) -> Iterator[tuple[str, str]]:
        for name, value in self._given():
            choices = getattr(self.fields[name], "choices", ())
            yield name, str(dict(choices).get(value, "yes" if value == "on" else value))


class TakeOutForm(UswdsForm, forms.Form):
    """What a file of events is for, and what it comes as."""

    purpose = forms.CharField(
        label="What you need the file for",
        help_text="For example the number of the inquiry. Leave people’s names out.",
        max_length=200,
        widget=forms.Textarea,
    )
    file_format = forms.ChoiceField(
        label="File", choices=FileFormat.choices, initial=FileFormat.CSV, widget=forms.RadioSelect
    )
