"""Events of reading the ledger. None is a look at a record: nobody is told of them."""

from acrime.audit.events import declare

SEARCHED = declare("oversight.searched", "Searched the ledger", shred=("criteria",))
EVENT_VIEWED = declare("oversight.event.viewed", "Looked at an event of the ledger")
PERSON_VIEWED = declare("oversight.person.viewed", "Looked at what a person did")
RECORD_VIEWED = declare("oversight.record.viewed", "Looked at who saw a record")
EXPORTED = declare(
    "oversight.exported", "Took events of the ledger out in a file", shred=("criteria", "purpose")
)
ALL = frozenset({SEARCHED, EVENT_VIEWED, PERSON_VIEWED, RECORD_VIEWED, EXPORTED})
