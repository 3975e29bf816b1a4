"""Events of responses."""

from acrime.audit.events import declare

RELEASED = declare("iar.response.released", "Released the response")
PREVIEWED = declare("iar.response.previewed", "Looked at the draft response", look=True)
DELIVERY_SENT = declare("iar.delivery.sent", "Sent a copy of the response")
DELIVERY_CONFIRMED = declare("iar.delivery.confirmed", "A copy of the response arrived")
DELIVERY_FAILED = declare("iar.delivery.failed", "A copy of the response could not be delivered")
DELIVERY_REPEATED = declare("iar.delivery.repeated", "Asked for the copy to be sent again")
