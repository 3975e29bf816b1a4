"""Events of responses."""

from acrime.audit.events import declare

RELEASED = declare("iar.response.released", "Released the response")
PREVIEWED = declare("iar.response.previewed", "Looked at the draft response", look=True)
DELIVERY_SENT = declare("iar.delivery.sent", "Sent a copy of the response")
DELIVERY_CONFIRMED = declare("iar.delivery.confirmed", "A copy of the response arrived")
DELIVERY_FAILED = declare("iar.delivery.failed", "A copy of the response could not be delivered")
DELIVERY_REPEATED = declare("iar.delivery.repeated", "Asked for the copy to be sent again")
DELIVERY_GIVEN_UP = declare("iar.delivery.given-up", "Gave the copy up")
DELIVERED_OTHERWISE = declare("iar.delivery.otherwise", "Delivered the copy by other means")
ACKNOWLEDGED = declare("iar.delivery.acknowledged", "The receiver acknowledged a copy")

REPLY_RECEIVED = declare("iar.reply.received", "Received something back")
REPLY_MATCHED = declare("iar.reply.matched", "Compared what came back with what was sent")
REPLY_VIEWED = declare("iar.reply.viewed", "Looked at something that came back")
REPLY_SETTLED = declare("iar.reply.settled", "Settled something that came back")

FOLLOWED_UP = declare("iar.follow-up.written", "Wrote down what the field office did")

AMENDMENT_OPENED = declare("iar.amendment.opened", "Began to amend the answer")
AMENDMENT_DROPPED = declare("iar.amendment.dropped", "Dropped the amendment")
AMENDED = declare("iar.response.amended", "An amended response took its place")

WORDING_PROPOSED = declare("conclusion.proposed", "Proposed a wording of a conclusion")
WORDING_IN_FORCE = declare("conclusion.put-in-force", "Put a wording of a conclusion in force")
WORDING_REFUSED = declare("conclusion.refused", "Refused a wording of a conclusion")
WORDING_WITHDRAWN = declare("conclusion.withdrawn", "Withdrew a wording of a conclusion")
