"""The tables of every room, where Django looks for them."""

from acrime.alerts.models import (
    Alert,
    AlertDigest,
    AlertMail,
    AlertQuestion,
    AlertRecord,
    Referral,
    ReferralNote,
)
from acrime.audit.models import AuditEvent, Seal, SealEntries
from acrime.calls.models import Call, CallStatement, CallTask
from acrime.common.models import OutboxMessage
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.iaq.kinds.models import ConclusionProposal, ConclusionVersion
from acrime.iaq.models import (
    Determination,
    Encounter,
    InboundMessage,
    ResearchStep,
    StatusQuery,
)
from acrime.iaq.programs.models import ProgramTable
from acrime.iaq.research.models import ResearchAttachment, SystemHealth, SystemQuestion
from acrime.iaq.reviewing.models import SamplingRate
from acrime.iaq.volume.models import IntakeFolder
from acrime.iaq.worklist.models import OffensePlacement, SavedView, WorkItem
from acrime.iar.amending.models import Amendment
from acrime.iar.following.models import FollowUp
from acrime.iar.models import Delivery, DeliveryProof, StatusResponse
from acrime.iar.replies.models import InboundReply
from acrime.individuals.facts.models import (
    HistoryEntry,
    IndividualFact,
    Photograph,
    StatusEntry,
    Telephone,
)
from acrime.individuals.finding.models import (
    PersonSearch,
    SearchName,
    SearchWord,
    SearchWordVariant,
)
from acrime.individuals.merging.models import IndividualMerge, MergedRow
from acrime.individuals.models import (
    Address,
    BirthDate,
    BirthPlace,
    Identifier,
    Individual,
    IndividualName,
)
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import BasisDocument, DocumentCheck, NcicEntry, NcicTransaction
from acrime.records.models import (
    Record,
    RecordAllowedOffice,
    RecordAllowedUser,
    RecordSubject,
)
from acrime.retention.holds.models import Hold, HoldItem, HoldLetter, Matter
from acrime.retention.models import (
    AuthorityDocument,
    AuthorityEnding,
    RetentionClock,
    RetentionWalk,
    ScheduleAuthority,
)
from acrime.tips.models import (
    LineChange,
    SourceWindow,
    Tip,
    TipExport,
    TipExportItem,
    TipExportPart,
    TipFile,
    TipPerson,
    TipReferral,
    TipSource,
    TipStep,
    TipStrike,
)

__all__ = [
    "Address",
    "Alert",
    "AlertDigest",
    "AlertMail",
    "AlertQuestion",
    "AlertRecord",
    "Amendment",
    "AuditEvent",
    "AuthorityDocument",
    "AuthorityEnding",
    "BasisDocument",
    "BirthDate",
    "BirthPlace",
    "Call",
    "CallStatement",
    "CallTask",
    "ConclusionProposal",
    "ConclusionVersion",
    "Delivery",
    "DeliveryProof",
    "Detainer",
    "DetainerNotice",
    "Determination",
    "DocumentCheck",
    "Encounter",
    "FollowUp",
    "HistoryEntry",
    "HitConfirmation",
    "Hold",
    "HoldItem",
    "HoldLetter",
    "Identifier",
    "InboundMessage",
    "InboundReply",
    "Individual",
    "IndividualFact",
    "IndividualMerge",
    "IndividualName",
    "IntakeFolder",
    "LineChange",
    "Matter",
    "MergedRow",
    "NcicEntry",
    "NcicTransaction",
    "OffensePlacement",
    "OutboxMessage",
    "PersonSearch",
    "Photograph",
    "ProgramTable",
    "Record",
    "RecordAllowedOffice",
    "RecordAllowedUser",
    "RecordSubject",
    "Referral",
    "ReferralNote",
    "ResearchAttachment",
    "ResearchStep",
    "RetentionClock",
    "RetentionWalk",
    "SamplingRate",
    "SavedView",
    "ScheduleAuthority",
    "Seal",
    "SealEntries",
    "SearchName",
    "SearchWord",
    "SearchWordVariant",
    "SourceWindow",
    "StatusEntry",
    "StatusQuery",
    "StatusResponse",
    "SystemHealth",
    "SystemQuestion",
    "Telephone",
    "Tip",
    "TipExport",
    "TipExportItem",
    "TipExportPart",
    "TipFile",
    "TipPerson",
    "TipReferral",
    "TipSource",
    "TipStep",
    "TipStrike",
    "WorkItem",
]
