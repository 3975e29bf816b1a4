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
from acrime.common.models import OutboxMessage
from acrime.iaq.kinds.models import ConclusionProposal, ConclusionVersion
from acrime.iaq.models import (
    Determination,
    Encounter,
    InboundMessage,
    ResearchStep,
    StatusQuery,
)
from acrime.iaq.research.models import ResearchAttachment, SystemHealth, SystemQuestion
from acrime.iaq.reviewing.models import SamplingRate
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
from acrime.records.models import (
    Record,
    RecordAllowedOffice,
    RecordAllowedUser,
    RecordSubject,
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
    "BirthDate",
    "BirthPlace",
    "ConclusionProposal",
    "ConclusionVersion",
    "Delivery",
    "DeliveryProof",
    "Determination",
    "Encounter",
    "FollowUp",
    "HistoryEntry",
    "Identifier",
    "InboundMessage",
    "InboundReply",
    "Individual",
    "IndividualFact",
    "IndividualMerge",
    "IndividualName",
    "MergedRow",
    "OffensePlacement",
    "OutboxMessage",
    "PersonSearch",
    "Photograph",
    "Record",
    "RecordAllowedOffice",
    "RecordAllowedUser",
    "RecordSubject",
    "Referral",
    "ReferralNote",
    "ResearchAttachment",
    "ResearchStep",
    "SamplingRate",
    "SavedView",
    "Seal",
    "SealEntries",
    "SearchName",
    "SearchWord",
    "SearchWordVariant",
    "StatusEntry",
    "StatusQuery",
    "StatusResponse",
    "SystemHealth",
    "SystemQuestion",
    "Telephone",
    "WorkItem",
]
