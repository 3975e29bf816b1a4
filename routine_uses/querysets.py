"""Reads: the notice in force, its rules and retention items, recipients."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from routine_uses.choices import AgencyTag
from routine_uses.comparison import Contents
from routine_uses.directory.policy import in_force
from routine_uses.models import (
    Notice,
    NoticeVersion,
    OfficialClause,
    Recipient,
    RecordCategory,
    RetentionItem,
    RoutineUse,
)
from routine_uses.policy import (
    AgreementFacts,
    Condition,
    RecipientFacts,
    Rule,
    routine_use_clause,
)

SYSTEM_NUMBER = "DHS/ICE-007"


class NoNoticeInForce(ActionRefused):
    """No version of the notice is in force at that time, so nothing may leave."""

    def __init__(self) -> None:
        super().__init__(
            "No version of the system of records notice is in force. "
            "Load one with `manage.py load_notice --all`.",
            code="no-notice-in-force",
            clause="5 U.S.C. 552a(e)(4)",
        )


class UnknownRetentionItem(ActionRefused):
    """The version has no retention item of that code."""

    def __init__(self) -> None:
        super().__init__(
            "The notice in force has no retention item of that code.",
            code="unknown-retention-item",
            clause="5 U.S.C. 552a(e)(4)(E)",
        )


class NoSuchRecipient(ActionRefused):
    """The directory has no active recipient of that kind."""

    def __init__(self) -> None:
        super().__init__(
            "The directory of recipients holds no active recipient of that kind.",
            code="no-such-recipient",
            clause="5 U.S.C. 552a(c)(1)(B)",
        )


def notice_in_force(at: datetime, *, system_number: str = SYSTEM_NUMBER) -> NoticeVersion:
    """The version of the notice that the portal works by at *at*.

    Raises:
        NoNoticeInForce: there is none.
    """
    found = _in_force(at, system_number=system_number).select_related("notice").first()
    if found is None:
        raise NoNoticeInForce
    return found


def _in_force(at: datetime, *, system_number: str = SYSTEM_NUMBER) -> QuerySet[NoticeVersion]:
    return NoticeVersion.objects.filter(
        Q(superseded_at__isnull=True) | Q(superseded_at__gt=at),
        notice__system_number=system_number,
        in_force_from__lte=at,
    )


@dataclass(frozen=True)
class EnvelopeTerms:
    """What an envelope takes from the notice.

    Attributes:
        version: key of the version in force.
        categories: keys of its categories of records, by number.
        items: keys of its retention items, by code.
    """

    version: int
    categories: Mapping[int, int]
    items: Mapping[str, int]

    def item(self, code: str) -> int:
        """Key of the retention item *code*, of the version or of the portal's own list.

        Raises:
            UnknownRetentionItem: neither has one of that code.
        """
        if code in self.items:
            return self.items[code]
        own = RetentionItem.objects.filter(version__isnull=True, code=code).order_by("-pk")
        key = own.values_list("pk", flat=True).first()
        if key is None:
            raise UnknownRetentionItem
        return key


def envelope_terms(at: datetime) -> EnvelopeTerms:
    """What envelopes take from the version of the notice in force at *at*.

    A version never changes, so that it is read once in each process.

    Raises:
        NoNoticeInForce: there is none.
    """
    key = _in_force(at).values_list("pk", "source_sha256").first()
    if key is None:
        raise NoNoticeInForce
    return _envelope_terms(*key)


@lru_cache(maxsize=8)
def _envelope_terms(version: int, source_sha256: str) -> EnvelopeTerms:
    found = NoticeVersion.objects.defer("document").get(pk=version, source_sha256=source_sha256)
    return EnvelopeTerms(
        version=version,
        categories=dict(found.record_categories.values_list("number", "pk").order_by("number")),
        items=dict(found.retention_items.values_list("code", "pk").order_by("code")),
    )


def retention_item(version: NoticeVersion, code: str) -> RetentionItem:
    """The retention item *code* (such as ``IAQ-CRIMINAL``) of *version*.

    What no notice gives a period (``DETAINER``) has an item in the portal's own list, whose
    last edition counts.

    Raises:
        UnknownRetentionItem: neither has one of that code.
    """
    found = version.retention_items.filter(code=code).order_by("pk").first() or (
        RetentionItem.objects.filter(version__isnull=True, code=code).order_by("-pk").first()
    )
    if found is None:
        raise UnknownRetentionItem
    return found


def rules_of(version: NoticeVersion) -> dict[str, Rule]:
    """The routine uses of *version* as rules of the gate, by letter, in their order."""
    return {use.letter: rule_of(use, version=version) for use in version.routine_uses.all()}


def rules_in_force(at: datetime) -> dict[str, Rule]:
    """The rules of the version in force at *at*.

    Raises:
        NoNoticeInForce: there is none.
    """
    return rules_of(notice_in_force(at))


def rule_of(use: RoutineUse, *, version: NoticeVersion) -> Rule:
    """One routine use as a rule of the gate."""
    return Rule(
        letter=use.letter,
        title=use.title,
        clause=routine_use_clause(
            system_number=version.notice.system_number,
            letter=use.letter,
            citation=version.citation,
        ),
        recipients=frozenset(use.recipients),
        tags=frozenset(use.recipient_tags),
        excluded=frozenset(use.excluded_recipients),
        purposes=frozenset(use.purposes),
        conditions=tuple(Condition.from_data(data) for data in use.conditions),
        only_fields=frozenset(use.only_fields),
    )


def official_clauses(version: NoticeVersion) -> dict[str, str]:
    """The routine uses of *version* word for word, by letter; empty where no text is attached."""
    latest = version.official_texts.first()
    return dict(latest.clauses.values_list("letter", "words")) if latest else {}


def quoted_rules(version: NoticeVersion) -> dict[str, Rule]:
    """The routine uses of *version* as rules, with the words of the official text."""
    words = official_clauses(version)
    return {
        letter: replace(rule, quote=words.get(letter, ""))
        for letter, rule in rules_of(version).items()
    }


def quoted_rule(version: NoticeVersion, letter: str) -> Rule | None:
    """The routine use *letter* of *version* with the words of the official text."""
    use = version.routine_uses.filter(letter=letter).first()
    if use is None:
        return None
    words = OfficialClause.objects.filter(official_text__version=version, letter=letter)
    latest = words.order_by("-official_text_id").first()
    return replace(rule_of(use, version=version), quote=latest.words if latest else "")


def current_version(notice: Notice) -> NoticeVersion | None:
    """The version of *notice* that nothing has replaced, be its day still to come or not."""
    return notice.versions.filter(in_force_from__isnull=False, superseded_at__isnull=True).first()


def contents_of(version: NoticeVersion) -> Contents:
    """What *version* says, as its file said it."""
    return Contents(
        label=version.label,
        citation=version.citation,
        document=version.document,
        record_categories=_columns(version.record_categories.all(), RecordCategory),
        routine_uses=_columns(version.routine_uses.all(), RoutineUse),
        retention_items=_columns(version.retention_items.all(), RetentionItem),
        is_outline=version.is_outline,
    )


def _columns(
    rows: QuerySet[RecordCategory] | QuerySet[RoutineUse] | QuerySet[RetentionItem],
    model: type[RecordCategory] | type[RoutineUse] | type[RetentionItem],
) -> list[dict[str, object]]:
    own = [field.attname for field in model._meta.concrete_fields if not field.is_relation]
    return [dict(row) for row in rows.values(*own)]


def agreement_facts(recipient: Recipient, *, at: datetime) -> tuple[AgreementFacts, ...]:
    """The agreements with *recipient*, and whether each is in force at *at*."""
    today = portal_day(at)
    return tuple(
        AgreementFacts(
            reference=agreement.reference,
            letters=frozenset(agreement.letters),
            in_force=in_force(
                starts_on=agreement.starts_on,
                ends_on=agreement.ends_on,
                ended=agreement.ended_at is not None,
                today=today,
            ),
        )
        for agreement in recipient.agreements.all()
    )


def recipient_facts(recipient: Recipient, *, at: datetime | None = None) -> RecipientFacts:
    """What the gate must know of *recipient*, its agreements as they stand at *at*.

    Without *at*, agreements play no part: enough to see which grounds could fit.
    """
    return RecipientFacts(
        type=recipient.type,
        tag=recipient.agency_tag,
        is_bail_bond=recipient.is_bail_bond,
        inside_dhs=recipient.inside_dhs,
        agreements=agreement_facts(recipient, at=at) if at else (),
    )


def recipient_by_tag(tag: str) -> Recipient:
    """The active recipient that stands for the body *tag*, the earliest added first.

    Raises:
        NoSuchRecipient: there is none.
    """
    found = Recipient.objects.filter(agency_tag=tag, is_active=True).order_by("pk").first()
    if found is None:
        raise NoSuchRecipient
    return found


def fbi_cjis() -> Recipient:
    """FBI CJIS, where answers to fingerprint-based queries go.

    Raises:
        NoSuchRecipient: the reference recipients were not loaded.
    """
    return recipient_by_tag(AgencyTag.FBI_CJIS)
