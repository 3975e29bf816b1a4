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

ASSIGNED = declare("iaq.query.assigned", "Gave the query to somebody", shred=("purpose",))
TAKEN_OVER = declare("iaq.query.taken-over", "Took the query over", shred=("purpose",))
PLACED = declare("iaq.offense.placed", "Placed an offense", shred=("purpose",))
PLACEMENT_STRUCK = declare(
    "iaq.offense.struck", "Struck out a placement of an offense", shred=("purpose",)
)
NO_MATCH_SAID = declare(
    "iaq.clock.no-match", "Said that the fingerprints matched nobody", shred=("purpose",)
)
CLOCK_WARNED = declare("iaq.clock.warned", "Told that a quarter of the time is left")
CLOCK_ESCALATED = declare("iaq.clock.escalated", "Told a supervisor that the answer is late")
ITEM_SETTLED = declare("iaq.item.settled", "Settled what was told of the query", shred=("purpose",))
CITIZENSHIP_NOTED = declare(
    "iaq.citizenship.noted", "Noted a claim or sign of U.S. citizenship", shred=("purpose",)
)
ATTACHED = declare("iaq.research.attached", "Attached a paper to a research step")
SYSTEM_ASKED = declare("iaq.system.asked", "Asked a connected system")
SYSTEM_ANSWERED = declare("iaq.system.answered", "Kept what a connected system answered")
SYSTEM_UNAVAILABLE = declare("iaq.system.unavailable", "Found a connected system not available")
PROPOSAL_DISCARDED = declare(
    "iaq.system.discarded", "Discarded what a connected system answered", shred=("purpose",)
)
FIRST_REVIEWED = declare(
    "iaq.determination.first-reviewed", "Confirmed the determination for a further review"
)
RATE_SET = declare("iaq.sampling.set", "Set a sampling rate", shred=("purpose",))

# Acts on drafts: known to those who see the drafts of the query, and to nobody else.
OF_DRAFTS = frozenset(
    {
        RESEARCHED,
        SUBMITTED,
        RETURNED,
        ATTACHED,
        SYSTEM_ASKED,
        SYSTEM_ANSWERED,
        SYSTEM_UNAVAILABLE,
        PROPOSAL_DISCARDED,
        FIRST_REVIEWED,
        CITIZENSHIP_NOTED,
        PLACED,
        PLACEMENT_STRUCK,
    }
)
