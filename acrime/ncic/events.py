"""Events of records in NCIC."""

from acrime.audit.events import declare

PREPARED = declare("ncic.entry.prepared", "Sent the NCIC record to the second check")
RETURNED = declare("ncic.entry.returned", "Sent the NCIC record back", shred=("purpose",))
CHECKED = declare("ncic.entry.checked", "Checked the NCIC record against its documents")
WITHDRAWN = declare("ncic.entry.withdrawn", "Gave the NCIC record up before entry")
DESCRIBED = declare("ncic.entry.described", "Changed what is to be entered into NCIC")
DOCUMENT_ADDED = declare("ncic.document.added", "Attached a document")
DOCUMENT_VIEWED = declare("ncic.document.viewed", "Opened a document", look=True)
TRANSACTION_DONE = declare("ncic.transaction.done", "Wrote down a transaction in NCIC")
