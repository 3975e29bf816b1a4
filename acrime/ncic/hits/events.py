"""Events of hit confirmation."""

from acrime.audit.events import declare

RECEIVED = declare("hit.received", "Took the request to confirm a hit in")
CLAIMED = declare("hit.claimed", "Took the request on")
LINKED = declare("hit.linked", "Linked the request to the entry")
AGENCY_VERIFIED = declare("hit.agency.verified", "Made sure which agency asks")
ESCALATED = declare("hit.escalated", "Told the supervisors that the request is late")
DOCUMENTS_IN_HAND = declare("hit.documents.checked", "Checked the documents in hand for the answer")
PROMISED = declare("hit.promised", "Promised an answer by a time")
ANSWERED = declare("hit.answered", "Answered the request")
