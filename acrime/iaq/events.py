"""Events of queries."""

from acrime.audit.events import declare

MESSAGE_RECEIVED = declare("message.received", "Received a message")
MESSAGE_REFUSED = declare("message.refused", "Set a message aside for a person")
MESSAGE_VIEWED = declare("message.viewed", "Looked at a message on the desk")
MESSAGE_SETTLED = declare("message.settled", "Settled a message on the desk")
CLAIMED = declare("iaq.query.claimed", "Took the query on")
PUT_BACK = declare("iaq.query.put-back", "Put the query back on the worklist", shred=("purpose",))
RESEARCHED = declare("iaq.research.added", "Wrote down a research step")
PROGRAM_CHANGED = declare(
    "iaq.program.changed", "Changed the program of the query", shred=("purpose",)
)
SUBMITTED = declare("iaq.determination.submitted", "Submitted a determination for review")
RETURNED = declare("iaq.determination.returned", "Returned the determination")
APPROVED = declare("iaq.determination.approved", "Approved the determination")
RELEASED = declare("iaq.query.answered", "Released the response")
REOPENED = declare("iaq.query.reopened", "Took the answered query on again")
CLOSED_AGAIN = declare("iaq.query.closed-again", "Left the answer of the query as it was")

# Acts on drafts: known to those who see the drafts of the query, and to nobody else.
OF_DRAFTS = frozenset({RESEARCHED, SUBMITTED, RETURNED})
