"""Every page that the portal has, in a browser: no barrier on any, wide or narrow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from accounts.guards import PEOPLE, every_url
from accounts.models import RoleGrant, RoleRequest, TrainingRecord, User
from acrime.alerts.models import Alert, AlertQuestion, Referral
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.calls.models import Call, CallStatement
from acrime.demo.accounts import ACCOUNTS, PASSWORD, Account
from acrime.detainers.models import Detainer
from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.kinds.models import ConclusionVersion
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.programs.actions import begin_table
from acrime.iaq.programs.models import ProgramTable
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.replies.models import InboundReply
from acrime.individuals.facts.forms import FACTS, VALUES
from acrime.individuals.merging.models import IndividualMerge
from acrime.individuals.models import Individual
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import NcicEntry
from acrime.retention.holds.models import Hold, Matter
from acrime.retention.models import ScheduleAuthority
from acrime.tips.models import Tip, TipSource
from routine_uses.choices import AgreementKind
from routine_uses.directory.actions import add_agreement
from routine_uses.models import (
    Agreement,
    Approval,
    CorrectionCase,
    CorrectionLetter,
    Disclosure,
    DisclosureDraft,
    DisclosureSeries,
    NoticeVersion,
    Recipient,
    Supersession,
)
from tests.browser.conftest import Windows, sign_in
from tests.conftest import NOON, Clock
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.browser


def _query(last: str) -> str:
    return StatusQuery.objects.get(last=last).record.number


def _to(name: str, *arguments: str | Callable[[], str]) -> Callable[[], str]:
    return lambda: reverse(name, args=[each() if callable(each) else each for each in arguments])


@dataclass(frozen=True)
class Visit:
    """One page: the name of its URL, who opens it, and where it is."""

    url: str
    who: str
    address: Callable[[], str]
    state: str = ""

    @property
    def name(self) -> str:
        return f"{self.url} {self.state}".strip()


def _visit(url: str, who: str, *arguments: str | Callable[[], str], state: str = "") -> Visit:
    return Visit(url, who, _to(url, *arguments), state)


def _named(last: str) -> Callable[[], str]:
    return lambda: _query(last)


def _response() -> str:
    return StatusResponse.objects.get(query__last="FACTICE").record.number


def _amended() -> str:
    return StatusResponse.objects.get(amended_by__isnull=False).record.number


def _failed_response() -> str:
    return Delivery.objects.get(state="FAILED").response.record.number


def _reply(state: str) -> Callable[[], str]:
    return lambda: InboundReply.objects.get(state=state).number


def _wording(version: int) -> Callable[[], str]:
    return lambda: str(ConclusionVersion.objects.get(code="NO_RECORD", version=version).pk)


def _individual() -> str:
    return Individual.objects.get(names__last="SPECIMEN", names__first="AVERY").record.number


def _known() -> str:
    """A person with a photograph, entries and a protection."""
    return Individual.objects.get(names__last="SPECIMEN", names__first="TOMAS").record.number


def _merge(state: str) -> Callable[[], str]:
    return lambda: IndividualMerge.objects.get(state=state).number


def _disclosure() -> str:
    return Disclosure.objects.order_by("-pk")[0].number


def _approval(state: str) -> str:
    return Approval.objects.filter(state=state).order_by("pk")[0].number


def _series(state: str) -> Callable[[], str]:
    return lambda: DisclosureSeries.objects.get(state=state).number


def _disclosed_person() -> str:
    return Individual.objects.get(names__last="FACTICE").record.number


def _supersession() -> str:
    return str(Supersession.objects.order_by("-pk")[0].pk)


def _case(kind: str) -> Callable[[], str]:
    return lambda: CorrectionCase.objects.filter(kind=kind).order_by("-pk")[0].number


def _letter(state: str) -> Callable[[], str]:
    return lambda: CorrectionLetter.objects.filter(state=state).order_by("pk")[0].number


def _event() -> int:
    return AuditEvent.objects.filter(kind="record.viewed").order_by("pk")[0].pk


def _version() -> str:
    return str(NoticeVersion.objects.order_by("pk")[0].pk)


def _recipient() -> str:
    return str(Disclosure.objects.order_by("pk")[0].recipient_id)


def _agreement() -> str:
    """Of one that ends, there is none in the story."""
    there = Agreement.objects.first()
    if there is None:
        there = add_agreement(
            actor=User.objects.get(username="privacy"),
            at=NOON,
            recipient=Recipient.objects.get(pk=_recipient()),
            kind=AgreementKind.MOU,
            reference="MOU 2026-1",
            scope="Answers to fingerprint queries",
            letters=["F"],
            starts_on=NOON.date(),
            ends_on=None,
            channel=Channel.PAGE,
        )
    return str(there.pk)


def _entry(last: str) -> Callable[[], str]:
    return lambda: (
        NcicEntry.objects.get(record__subjects__individual__names__last=last).record.number
    )


def _authority() -> str:
    return ScheduleAuthority.objects.get(code="IAQ-BRADY").number


def _hit(**facts: object) -> Callable[[], str]:
    return lambda: HitConfirmation.objects.filter(**facts).order_by("pk")[0].record.number


def _call(verification: str) -> Callable[[], str]:
    return lambda: Call.objects.get(verification=verification).record.number


def _prepared() -> str:
    """The place of something prepared on the verified call; the story says nothing on it."""
    call = Call.objects.get(verification="VERIFIED")
    if not call.statements.exists():
        CallStatement.objects.create(
            call=call,
            text="The answer stands.",
            fields=["NAME", "IMMIGRATION_STATUS"],
            purpose_code="STATUS_VERIFICATION",
            prepared_by=call.record.creator,
            prepared_at=call.received_at,
        )
    return "1"


def _detainer(last: str) -> Callable[[], str]:
    def number() -> str:
        found = Detainer.objects.filter(record__subjects__individual__names__last=last)
        return found.distinct().get().record.number

    return number


def _tip(state: str) -> Callable[[], str]:
    return lambda: Tip.objects.filter(state=state).order_by("pk")[0].record.number


def _hold(scope: str) -> Callable[[], str]:
    return lambda: Hold.objects.get(scope=scope).number


def _matter() -> str:
    return Matter.objects.get().number


def _source() -> str:
    return TipSource.objects.order_by("pk")[0].record.number


def _message() -> str:
    return InboundMessage.objects.filter(state="REFUSED").order_by("pk")[0].number


def _stray_file() -> str:
    return InboundMessage.objects.get(refusal_code="reply-without-query").number


def _table() -> str:
    return str(ProgramTable.objects.get(state="PROPOSED").number)


def _draft() -> str:
    return str(begin_table(actor=User.objects.get(username="privacy"), at=NOON).number)


VISITS = [
    _visit("home", "analyst", state="of an analyst"),
    _visit("home", "supervisor", state="of a supervisor"),
    _visit("home", "field", state="of a field officer"),
    _visit("home", "admin", state="of an administrator"),
    _visit("accounts:banner", "", state="unsigned"),
    _visit("accounts:account", "analyst"),
    _visit("accounts:change-password", "analyst"),
    _visit("accounts:prove", "analyst"),
    _visit("accounts:factors", "analyst", state="with none"),
    _visit("accounts:add-app", "analyst"),
    _visit("accounts:add-key", "analyst"),
    _visit("accounts:codes", "analyst", state="shown before"),
    _visit("accounts:locked", "admin", state="none"),
    _visit("alerts:list", "analyst"),
    Visit("alerts:list", "analyst2", lambda: f"{reverse('alerts:list')}?show=all", "several"),
    Visit("alerts:list", "analyst", lambda: f"{reverse('alerts:list')}?record=x", "refused"),
    _visit("alerts:detail", "analyst", lambda: _alert("attorney"), state="asked"),
    _visit("alerts:detail", "analyst2", lambda: _alert("privacy"), state="expected"),
    _visit("alerts:detail", "analyst2", lambda: _alert("calls", "searched"), state="open"),
    _visit("alerts:detail", "analyst2", lambda: _alert("calls", "probed"), state="reported"),
    _visit("alerts:questions", "attorney"),
    _visit("alerts:questions", "analyst", state="none"),
    _visit("alerts:questions-one", "attorney", lambda: str(AlertQuestion.objects.get().key)),
    _visit("alerts:mail", "analyst"),
    _visit("alerts:report", "analyst2"),
    _visit("alerts:referrals", "opr"),
    _visit("alerts:referrals-one", "opr", lambda: Referral.objects.get().number),
    _visit("iaq:list", "analyst"),
    Visit("iaq:list", "opr", lambda: f"{reverse('iaq:list')}?show=released", "released"),
    Visit(
        "iaq:list",
        "supervisor",
        lambda: f"{reverse('iaq:list')}?level=1&custody=yes&worker=:nobody",
        "filtered",
    ),
    Visit("iaq:list", "analyst", lambda: f"{reverse('iaq:list')}?level=nonsense", "refused"),
    _visit("iaq:items", "supervisor"),
    _visit("iaq:items", "analyst2", state="of an analyst"),
    _visit("iaq:workload", "supervisor"),
    _visit("iaq:sampling", "supervisor"),
    _visit("iaq:attach", "analyst", _named("SAMPLEMAN"), "1"),
    _visit("iaq:desk", "analyst"),
    _visit("iaq:desk-message", "analyst", _message, state="to settle"),
    _visit("iaq:desk-message", "opr", _message, state="read only"),
    _visit("iaq:desk-message", "analyst", _stray_file, state="a file"),
    _visit("programs:list", "supervisor"),
    _visit("programs:undecided", "supervisor"),
    _visit("programs:table", "privacy", _table, state="to decide"),
    _visit("programs:table", "supervisor", _table, state="own proposal"),
    _visit("programs:table", "privacy", _draft, state="own draft"),
    _visit("programs:new-rule", "privacy", _draft),
    _visit("programs:rule", "privacy", _draft, "criminal-justice"),
    _visit("programs:terms", "privacy", _draft, "CRIMINAL"),
    _visit("iaq:detail", "supervisor", _named("UNGEWISS"), state="without a program"),
    _visit("iaq:detail", "analyst", _named("EXAMPLE"), state="waiting"),
    _visit("iaq:detail", "analyst", _named("SAMPLEMAN"), state="researched"),
    _visit("iaq:detail", "analyst", _named("BEISPIEL"), state="returned"),
    _visit("iaq:detail", "supervisor", _named("MUSTER"), state="to review"),
    _visit("iaq:detail", "analyst2", _named("MUSTER"), state="own review"),
    _visit("iaq:detail", "analyst", _named("ESPECIMEN"), state="sex offender"),
    _visit("iaq:detail", "analyst2", _named("NAAMLOOS"), state="limited"),
    _visit("iaq:detail", "attorney", _named("FACTICE"), state="released"),
    _visit("iaq:print", "analyst", _named("FACTICE")),
    _visit("iaq:reveal", "supervisor", _named("SAMPLEMAN"), "numbers", state="numbers"),
    _visit("iaq:reveal", "privacy", _named("SAMPLEMAN"), "message", state="message"),
    _visit("iaq:export", "supervisor"),
    _visit("iaq:research", "analyst", _named("SAMPLEMAN")),
    _visit("iaq:subjects", "analyst", _named("SAMPLEMAN"), state="one's own"),
    _visit("iaq:subjects", "supervisor", _named("EXAMPLE"), state="somebody found"),
    *(
        _visit("iaq:determine", "analyst", _named("SAMPLEMAN"), kind, state=kind)
        for kind in first_kinds()
    ),
    _visit("iar:list", "field"),
    _visit("iar:detail", "field", _response, state="of a field officer"),
    _visit("iar:detail", "supervisor", _response, state="of a supervisor"),
    _visit("iar:print", "field", _response),
    _visit("iar:export", "attorney"),
    _visit("iar:combined", "field", _response),
    _visit("iar:follow-up", "field", _response),
    _visit("iar:amend", "analyst", _response),
    _visit("iar:detail", "analyst", _amended, state="replaced"),
    _visit("iar:follow-ups", "supervisor"),
    _visit("iar:desk", "analyst"),
    _visit("iar:desk", "opr", state="read only"),
    _visit("iar:reply", "analyst", _reply("MATCHED"), state="differs"),
    _visit("iar:reply", "analyst", _reply("WAITING"), state="waits"),
    _visit("iar:close-copy", "supervisor", _failed_response, "REQUESTER"),
    _visit("iar:wordings", "analyst"),
    _visit("iar:wording", "privacy2", _wording(2), state="to decide"),
    _visit("iar:wording", "privacy", _wording(2), state="one's own"),
    _visit("iar:wording-propose", "privacy", _wording(1)),
    _visit("iar:wording-new", "privacy"),
    _visit("iar:release", "supervisor", lambda: _approved("SPECIMEN"), state="to the FBI"),
    _visit("iar:release", "supervisor", _named("ESPECIMEN"), state="inside only"),
    _visit("individuals:list", "analyst"),
    _visit("individuals:detail", "supervisor", _individual),
    _visit("individuals:print", "supervisor", _individual),
    _visit("individuals:reveal", "supervisor", _individual, "1"),
    _visit("individuals:detail", "analyst", _known, state="well known"),
    _visit("individuals:print", "analyst", _known, state="well known"),
    *(_visit("individuals:add", "analyst", _known, each, state=each) for each in VALUES),
    *(_visit("individuals:note", "privacy", _known, each, state=each) for each in FACTS),
    _visit("individuals:search", "analyst"),
    _visit("individuals:new", "analyst"),
    _visit("individuals:export", "privacy"),
    _visit("individuals:merges", "supervisor"),
    _visit("individuals:merge-propose", "analyst", _individual),
    _visit("individuals:merge", "supervisor", _merge("PROPOSED"), state="to decide"),
    _visit("individuals:merge", "analyst", _merge("UNDONE"), state="undone"),
    _visit("ncic:list", "ncic", state="to do"),
    Visit("ncic:list", "ncic", lambda: f"{reverse('ncic:list')}?show=validate", "to validate"),
    Visit("ncic:list", "privacy", lambda: f"{reverse('ncic:list')}?show=all", "all"),
    _visit("ncic:list", "calls", state="not certified"),
    _visit("ncic:new", "ncic"),
    _visit("ncic:detail", "ncic", _entry("ATRAPADO"), state="being prepared"),
    _visit("ncic:detail", "supervisor", _entry("BUSCADO"), state="to check"),
    _visit("ncic:detail", "ncic", _entry("FUGITIVO"), state="in NCIC"),
    _visit("ncic:detail", "records", _entry("LIBRADO"), state="removed"),
    _visit("ncic:detail", "attorney", _entry("ANTIGUO"), state="history"),
    _visit("ncic:print", "ncic", _entry("FUGITIVO")),
    _visit("ncic:describe", "ncic", _entry("ATRAPADO")),
    _visit("ncic:subject", "ncic", _entry("ATRAPADO")),
    _visit("ncic:document-add", "ncic", _entry("ATRAPADO")),
    *(
        _visit("ncic:act", "supervisor", _entry("BUSCADO"), each, state=each)
        for each in ("check", "back", "enter", "validate", "locate", "clear", "remove")
    ),
    _visit("ncic:hits", "ncic"),
    Visit("ncic:hits", "supervisor", lambda: f"{reverse('ncic:hits')}?show=all", "all"),
    _visit("ncic:hits-new", "ncic"),
    _visit("ncic:hits-figures", "supervisor"),
    _visit("ncic:hits-one", "ncic", _hit(state="WAITING"), state="running"),
    _visit("ncic:hits-one", "supervisor", _hit(state="ANSWERED"), state="answered"),
    _visit("ncic:hits-one", "privacy", _hit(state="PROMISED"), state="promised"),
    _visit("ncic:hits-print", "ncic", _hit(state="ANSWERED")),
    _visit("ncic:hits-documents", "ncic", _hit(state="WAITING")),
    _visit("ncic:hits-promise", "ncic", _hit(state="WAITING")),
    *(
        _visit("ncic:hits-answer", "ncic", _hit(state="WAITING"), each, state=each)
        for each in ("confirm", "not-confirm", "not-ice")
    ),
    _visit("detainers:list", "field"),
    Visit("detainers:list", "supervisor", lambda: f"{reverse('detainers:list')}?show=all", "all"),
    Visit("detainers:list", "calls", lambda: f"{reverse('detainers:list')}?show=ended", "none"),
    _visit("detainers:new", "field"),
    _visit("detainers:detail", "field", _detainer("SPECIMEN"), state="hours run"),
    _visit("detainers:detail", "supervisor", _detainer("RETENU"), state="to issue"),
    _visit("detainers:detail", "attorney", _detainer("ANCIEN"), state="earlier form"),
    _visit("detainers:print", "field", _detainer("SPECIMEN")),
    _visit("detainers:describe", "analyst", _detainer("RETENU")),
    _visit("detainers:subject", "analyst", _detainer("RETENU")),
    *[
        _visit("detainers:act", "supervisor", _detainer(last), each, state=each)
        for last, each in (
            ("RETENU", "issue"),
            ("RETENU", "back"),
            ("SPECIMEN", "release"),
            ("ANCIEN", "served"),
            ("SPECIMEN", "lift"),
            ("SPECIMEN", "acted-on"),
        )
    ],
    _visit("detainers:notice", "field", _detainer("SPECIMEN")),
    _visit("detainers:send", "field", _detainer("SPECIMEN"), "2"),
    _visit("detainers:export", "supervisor"),
    _visit("ncic:export", "supervisor"),
    _visit("ncic:hits-export", "supervisor"),
    _visit("calls:export", "foia"),
    _visit("calls:list", "calls"),
    _visit("calls:new", "calls"),
    _visit("calls:detail", "calls", _call("VERIFIED"), state="verified"),
    _visit("calls:detail", "calls", _call("UNVERIFIED"), state="unverified"),
    _visit("calls:print", "foia", _call("VERIFIED")),
    _visit("calls:person", "calls", _call("VERIFIED"), "caller", state="caller"),
    _visit("calls:say", "calls", _call("VERIFIED")),
    _visit("calls:tell", "calls", _call("VERIFIED"), _prepared),
    _visit("calls:task", "calls", _call("VERIFIED")),
    _visit("tips:form", "", state="open"),
    _visit("tips:list", "analyst"),
    _visit("tips:list", "calls", state="of a call taker"),
    _visit("tips:new", "calls"),
    _visit("tips:receipt", "calls"),
    _visit("tips:detail", "analyst", _tip("OPEN"), state="followed up"),
    _visit("tips:detail", "supervisor", _tip("REVIEW"), state="second person"),
    _visit("tips:detail", "analyst", _tip("SUSPECTED"), state="perhaps none"),
    _visit("tips:detail", "analyst", _tip("CLOSED"), state="closed"),
    _visit("tips:print", "foia", _tip("OPEN")),
    _visit("tips:triage", "analyst", _tip("REVIEW")),
    _visit("tips:person", "analyst", _tip("OPEN")),
    _visit("tips:same", "analyst", _tip("OPEN")),
    _visit("tips:office", "analyst", _tip("OPEN")),
    _visit("tips:step", "analyst", _tip("OPEN")),
    _visit("tips:close", "analyst", _tip("OPEN")),
    _visit("tips:refer", "analyst", _tip("OPEN")),
    _visit("tips:referral", "analyst", _tip("OPEN"), "1"),
    _visit("tips:referral-print", "analyst", _tip("OPEN"), "1"),
    _visit("tips:source", "supervisor", _source),
    _visit("tips:source-reveal", "supervisor", _source),
    _visit("tips:source-person", "supervisor", _source),
    _visit("tips:line", "supervisor"),
    _visit("tips:export", "supervisor"),
    _visit("calls:task-done", "analyst", _call("VERIFIED"), "1"),
    _visit("holds:list", "records"),
    Visit("holds:list", "attorney", lambda: f"{reverse('holds:list')}?show=RELEASED", "none"),
    _visit("holds:new", "records"),
    _visit("holds:detail", "attorney", _hold("PERSON"), state="release asked for"),
    _visit("holds:detail", "supervisor", _hold("PERSON"), state="of its custodian"),
    _visit("holds:detail", "opr", _hold("RECORDS"), state="read only"),
    _visit("holds:act", "attorney", _hold("PERSON"), "release", state="release"),
    _visit("holds:act", "foia", _hold("RECORDS"), "add", state="add"),
    _visit("holds:matters", "attorney"),
    _visit("holds:matter", "records", _matter),
    _visit("individuals:detail", "records", _disclosed_person, state="held"),
    _visit("routine_uses:disclosure-export", "privacy"),
    _visit("routine_uses:notice", "admin"),
    _visit("routine_uses:notice-of", "", "dhs-ice-007", "2010", state="an outline"),
    _visit("routine_uses:notice-of", "", "dhs-ice-015", "2016", state="LeadTrac"),
    _visit("routine_uses:notice-register", "", state="unsigned"),
    _visit("routine_uses:notice-versions", "privacy"),
    _visit("routine_uses:notice-version", "privacy", _version),
    _visit("routine_uses:recipients", "analyst"),
    _visit("routine_uses:recipients-add", "privacy"),
    _visit("routine_uses:recipients-detail", "privacy", _recipient),
    _visit("routine_uses:recipients-change", "privacy", _recipient),
    _visit("routine_uses:recipients-verify", "privacy", _recipient),
    _visit("routine_uses:recipients-agreement-add", "privacy", _recipient),
    _visit("routine_uses:recipients-agreement-end", "privacy", _agreement),
    _visit("retention:dashboard", "records"),
    _visit("retention:list", "records", state="no start"),
    Visit("retention:list", "records", lambda: f"{reverse('retention:list')}?show=past", "past"),
    _visit("retention:export", "records"),
    _visit("retention:schedule", "records"),
    _visit("retention:propose", "records"),
    _visit("retention:authority", "privacy", _authority, state="waits"),
    _visit("records:access", "analyst", _named("EXAMPLE"), state="open to all"),
    _visit("records:access", "supervisor", _named("NAAMLOOS"), state="limited"),
    _visit("routine_uses:disclosures", "privacy"),
    _visit("routine_uses:disclosure", "privacy", _disclosure),
    _visit("routine_uses:verify", "privacy"),
    _visit("routine_uses:approvals", "attorney"),
    _visit("routine_uses:approvals", "supervisor", state="nothing"),
    _visit("routine_uses:approval", "attorney", lambda: _approval("WAITING"), state="to decide"),
    _visit("routine_uses:approval", "analyst", lambda: _approval("WAITING"), state="one's own"),
    _visit("routine_uses:approval", "privacy", lambda: _approval("GRANTED"), state="used"),
    _visit("routine_uses:chief", "admin"),
    _visit("routine_uses:drafts", "analyst"),
    _visit("routine_uses:drafts", "supervisor", state="none"),
    _visit("routine_uses:draft", "analyst", lambda: str(DisclosureDraft.objects.get().key)),
    _visit("routine_uses:refusals", "privacy"),
    _visit("routine_uses:series-list", "analyst"),
    _visit("routine_uses:series-propose", "analyst"),
    _visit("routine_uses:series", "privacy", _series("PROPOSED"), state="to decide"),
    _visit("routine_uses:series", "supervisor", _series("APPROVED"), state="in use"),
    _visit("routine_uses:series", "field", _series("APPROVED"), state="read only"),
    _visit("routine_uses:accounting", "privacy", _disclosed_person),
    _visit("routine_uses:accounting-copies", "foia", _disclosed_person),
    _visit("routine_uses:accounting-copies", "privacy", _disclosed_person, state="complete"),
    _visit("routine_uses:accounting-prepare", "privacy", _disclosed_person),
    _visit("routine_uses:supersessions", "privacy"),
    _visit("routine_uses:supersession-decide", "privacy2", _supersession),
    _visit("routine_uses:supersede", "privacy", _disclosure),
    _visit("routine_uses:corrections", "privacy"),
    _visit("routine_uses:correction", "privacy", _case("CORRECTION")),
    _visit("routine_uses:correction", "privacy", _case("DISPUTE"), state="dispute"),
    _visit("routine_uses:corrections-correct", "privacy", _disclosed_person),
    _visit("routine_uses:corrections-dispute", "privacy", _disclosed_person),
    _visit("routine_uses:corrections-settle", "privacy", _case("DISPUTE")),
    _visit("routine_uses:corrections-send", "privacy", _letter("DRAFTED")),
    _visit("routine_uses:corrections-exempt", "privacy", _letter("DRAFTED")),
    _visit("routine_uses:corrections-returned", "privacy", _letter("SENT")),
    _visit("individuals:detail", "privacy", _disclosed_person, state="corrected"),
    _visit("accounts:ended", "lapsed"),
    _visit("people:training", "analyst"),
    _visit("people:training", "calls", state="counting down"),
    _visit("people:training", "admin", state="of an administrator"),
    _visit("people:mine", "supervisor"),
    _visit("people:mine", "opr-lead", state="of an OPR lead"),
    _visit("people:mine", "attorney", state="nobody"),
    _visit("people:ask", "supervisor", "analyst"),
    _visit("people:ask-removal", "supervisor", "analyst"),
    _visit("people:review", "supervisor"),
    _visit("people:review", "admin", state="progress"),
    _visit("people:review", "attorney", state="nothing to review"),
    _visit("people:accounts", "admin"),
    Visit("people:accounts", "admin", lambda: f"{reverse('people:accounts')}?show=missing", "none"),
    _visit("people:account", "admin", "ncic"),
    _visit("people:account", "admin", "admin", state="one's own"),
    _visit("people:account", "admin", "message-switch", state="a machine"),
    _visit("people:record-training", "admin", "lapsed"),
    _visit("people:upload", "admin"),
    _visit("people:strike-training", "admin", lambda: str(_training("calls").pk)),
    _visit("people:requests", "admin"),
    _visit("people:decide", "admin", lambda: str(RoleRequest.objects.get().pk)),
    _visit(
        "people:end-role", "admin", lambda: str(RoleGrant.objects.get(user__username="ncic").pk)
    ),
    _visit("people:move", "admin", "analyst"),
    _visit("people:disable", "admin", "analyst"),
    _visit("people:enable", "admin", "analyst"),
    _visit("records:history", "analyst", _named("FACTICE")),
    _visit("oversight:events", "opr"),
    Visit("oversight:events", "opr-lead", lambda: "/oversight/?opr=on", "of the lead"),
    Visit("oversight:events", "opr", lambda: "/oversight/?since=never", "refused"),
    _visit("oversight:event", "opr", lambda: str(_event())),
    _visit("oversight:person", "opr", "analyst"),
    _visit("oversight:record", "opr", _named("FACTICE")),
    _visit("oversight:export", "opr"),
    Visit("", "analyst", lambda: "/nowhere/", "not found"),
    Visit("", "admin", lambda: reverse("iaq:list"), "not allowed"),
]


def _training(username: str) -> TrainingRecord:
    return TrainingRecord.objects.get(user__username=username)


def _alert(viewer: str, kind: str = "") -> str:
    alerts = Alert.objects.filter(viewer__username=viewer, event_kind__contains=kind)
    return str(alerts.order_by("pk")[0].key)


def _approved(last: str) -> str:
    return StatusQuery.objects.get(last=last, state="APPROVED").record.number


# URLs that people open and that are no pages, or whose pages have a test of their own below.
NOT_HERE: Mapping[str, str] = {
    "iaq:news": "A piece of the worklist, which is visited.",
    "iaq:rows": "The worklist once more, for a script of it.",
    "iaq:paper": "A paper as somebody uploaded it.",
    "healthz": "For machines.",
    "api:iaq": "For machines.",
    "api:worklist": "For machines.",
    "api:query-clock": "For machines.",
    "api:follow-ups": "For machines.",
    "api:schema": "For machines.",
    "routine_uses:accounting-pdf": "A document; it is made from a tagged template.",
    "routine_uses:corrections-letter": "A document; it is made from a tagged template.",
    "routine_uses:accounting-copy": "A document; it is made from a tagged template.",
    "api:individuals": "For machines.",
    "api:programs": "For machines.",
    "api:undecided-queries": "For machines.",
    "api:records": "For machines.",
    "api:record": "For machines.",
    "api:retention": "For machines.",
    "retention:figures": "A file.",
    "retention:document": "A document as somebody uploaded it.",
    "api:record-access": "For machines.",
    "routine_uses:disclosure-form": "A document; it has tests of its own structure.",
    "routine_uses:approval-paper": "A paper as somebody uploaded it.",
    "ncic:document": "A document as somebody attached it.",
    "ncic:hits-clocks": "A part of the header of every page.",
    "api:hits": "For machines.",
    "api:hit": "For machines.",
    "api:calls": "For machines.",
    "api:call": "For machines.",
    "api:ncic": "For machines.",
    "api:ncic-entry": "For machines.",
    "api:detainers": "For machines.",
    "api:holds": "For machines.",
    "api:record-holds": "For machines.",
    "holds:letter": "A document; it is made from a tagged template.",
    "api:detainer": "For machines.",
    "api:tip": "For machines.",
    "api:tips": "For machines.",
    "tips:file": "A file.",
    "tips:export-file": "A file.",
    "individuals:photograph": "A picture; the page that shows it is visited.",
    "accounts:sign-in": "Below: it comes after the warning.",
    "accounts:sign-out": "Below: it is the end of a session.",
    "accounts:lock": "Below: it locks the window it is opened in.",
    "accounts:second-factor": "In test_signing_in: it comes after the password.",
    "accounts:locked-release": "In test_signing_in: it needs a locked account.",
    "accounts:certificate": "No page: it takes a card and goes on.",
    "accounts:single-sign-on": "No page: it leads to the provider.",
    "openid_connect_callback": "No page: it comes from the provider and goes on.",
}


def test_every_page_is_visited() -> None:
    openable = {
        url.name
        for url in every_url()
        if url.access and (url.access.public or url.access.read & PEOPLE)
    }
    assert {visit.url for visit in VISITS if visit.url} | NOT_HERE.keys() == openable


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_no_barrier(visit: Visit, windows: Windows) -> None:
    page = windows.of(visit.who) if visit.who else windows.page(windows.open())
    page.goto(visit.address())
    assert_no_barrier(page)


def assert_no_barrier(page: Page) -> None:
    """No barrier on the page as it stands, wide and narrow."""
    assert_accessible(page, narrow=True)


# Whose training lapsed comes to the page that says so, and has no menu.
WITH_MENU = [account for account in ACCOUNTS if account.username != "lapsed"]


@pytest.mark.parametrize("account", WITH_MENU, ids=lambda account: account.username)
def test_everybody_signs_in_and_every_entry_of_the_menu_opens(
    account: Account, windows: Windows
) -> None:
    page = windows.of(account.username)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    menu = page.get_by_role("navigation", name="Primary").get_by_role("link")
    addresses = [str(link.get_attribute("href")) for link in menu.all()]
    assert addresses[0] == "/"
    # In the window's own session, but not drawn: the pages themselves are visited above.
    client = Client()
    client.cookies.load({str(each["name"]): str(each["value"]) for each in page.context.cookies()})
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        entries = html.fromstring(answer.content).xpath("//nav[@aria-label='Primary']//a")
        assert [entry.get("href") for entry in entries] == addresses
        assert [entry.get("aria-current") for entry in entries].count("page") == 1, address


def test_signing_in_and_out(windows: Windows) -> None:
    context = windows.open()
    page = windows.page(context)
    page.goto(reverse("iaq:list"))
    page.get_by_role("button", name="I understand, go to sign-in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert_no_barrier(page)
    page.get_by_label("User name").fill("analyst")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_no_barrier(page)
    page.get_by_label("User name").fill("analyst")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    # Back to where the person wanted to go.
    expect(page).to_have_url(f"{windows.portal}{reverse('iaq:list')}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    assert_no_barrier(page)
    page.goto(reverse("iaq:list"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you sign in")
    context.close()


def test_the_first_key_leads_past_the_menu(windows: Windows) -> None:
    page = windows.of("analyst")
    page.goto(reverse("iaq:list"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_a_refused_form_says_first_what_is_wrong(windows: Windows) -> None:
    page = windows.of("analyst")
    page.goto(reverse("iaq:research", args=[_query("SAMPLEMAN")]))
    page.get_by_label("Year").fill("2031")
    page.get_by_role("button", name="Save the step").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert_no_barrier(page)
    # The summary leads to the control, by keys alone.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wrong = str(page.evaluate("document.activeElement.id"))
    expect(page.locator(f"#{wrong}")).to_have_attribute("aria-invalid", "true")


def test_a_search_and_what_it_finds(windows: Windows) -> None:
    page = windows.of("analyst")
    page.goto(reverse("individuals:search"))
    # By keys alone: the box has the focus, Enter searches.
    expect(page.get_by_label("Name, date of birth or any number")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_no_barrier(page)
    page.get_by_label("Name, date of birth or any number").fill("specimin, avery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="SPECIMEN, AVERY LEE")).to_be_visible()
    expect(page.get_by_text("One letter differs in the last name").first).to_be_visible()
    assert "SPECIM" not in page.url.upper()
    assert_no_barrier(page)
    page.get_by_text("Search by parts").first.click()
    page.get_by_label("Last name").fill("specimen")
    page.get_by_label("Year").fill("1979")
    page.get_by_role("button", name="Search by parts").click()
    expect(page.get_by_text("Same year of birth").first).to_be_visible()
    assert_no_barrier(page)


def test_a_number_opens_for_one_page_and_closes_with_the_back_button(windows: Windows) -> None:
    page = windows.of("supervisor")
    address = reverse("individuals:detail", args=[_individual()])
    page.goto(address)
    expect(page.get_by_text("••••••123")).to_be_visible()
    page.get_by_role("link", name="Show A-Number").click()
    page.get_by_text("To check a determination or an entry").click()
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("A099000123")).to_be_visible()
    assert_no_barrier(page)
    page.go_back()
    # The browser has kept nothing: it would have to send the form again.
    with pytest.raises(PlaywrightError, match="ERR_CACHE_MISS"):
        page.go_forward()
    expect(page.get_by_text("A099000123")).to_have_count(0)
    page.goto(address)
    expect(page.get_by_text("A099000123")).to_have_count(0)


def test_paper_shows_what_was_opened_for_it_and_nothing_else(windows: Windows) -> None:
    page = windows.of("supervisor")
    query = _query("FACTICE")
    page.goto(reverse("iaq:detail", args=[query]))
    page.emulate_media(media="print")
    expect(page.get_by_text("Records are not printed from here")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.get_by_text("Records are not printed from here")).to_be_hidden()
    page.get_by_role("link", name="Print", exact=True).click()
    expect(page.get_by_role("button", name="Print now")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Privacy Act material")).to_be_visible()
    expect(page.get_by_role("button", name="Print now")).to_be_hidden()
    page.emulate_media(media="screen")


def test_an_idle_session_is_locked_and_shows_nothing(windows: Windows, clock: Clock) -> None:
    context = windows.open()
    page = windows.page(context)
    sign_in(page, windows.portal, "analyst")
    page.goto(reverse("iaq:detail", args=[_query("SAMPLEMAN")]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("SAMPLEMAN")
    clock.move(timedelta(minutes=16))
    page.goto(reverse("iaq:detail", args=[_query("SAMPLEMAN")]))
    expect(page.get_by_role("heading", level=1)).to_have_text("This session is locked")
    body = page.content()
    for told in ("SAMPLEMAN", "IAQ-", "990305TA5", reverse("alerts:list")):
        assert told not in body
    assert_no_barrier(page)
    # Going back shows nothing either: pages are not kept by the browser.
    page.go_back()
    assert "SAMPLEMAN" not in page.content()
    page.goto(reverse("accounts:lock"))
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_no_barrier(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What waits for you")
    page.goto(reverse("iaq:detail", args=[_query("SAMPLEMAN")]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("SAMPLEMAN")
    context.close()
