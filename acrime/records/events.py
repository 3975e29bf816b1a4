"""Events of the envelope."""

from acrime.audit.events import declare

CREATED = declare("record.created", "Created the record")
APPROVED = declare("record.approved", "Approved the record")
OWNER_CHANGED = declare("record.owner.changed", "Took the record over")
SUBJECT_LINKED = declare("record.subject.linked", "Linked an individual to the record")
LIMITED = declare("record.limited", "Limited who may see the record", shred=("purpose",))
LIMIT_EXTENDED = declare(
    "record.limit.extended", "Let more people see the limited record", shred=("purpose",)
)
LIMIT_NARROWED = declare(
    "record.limit.narrowed", "Took people off the limited record's list", shred=("purpose",)
)
LIMIT_LIFTED = declare("record.limit.lifted", "Lifted the limits of the record", shred=("purpose",))
# Looks, so that they stand in nobody's list of what was done: OPR leaves no trace there.
AUDIENCE_VIEWED = declare("record.audience.viewed", "Looked at who can see the record", look=True)
SIGHT_EXPLAINED = declare(
    "record.sight.explained", "Had explained why somebody sees the record or does not", look=True
)
