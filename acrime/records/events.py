"""Events of the envelope."""

from acrime.audit.events import declare

CREATED = declare("record.created", "Created the record")
APPROVED = declare("record.approved", "Approved the record")
OWNER_CHANGED = declare("record.owner.changed", "Took the record over")
SUBJECT_LINKED = declare("record.subject.linked", "Linked an individual to the record")
LIMITED = declare("record.limited", "Limited who may see the record")
