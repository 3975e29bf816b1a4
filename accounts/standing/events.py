"""Events of standing."""

from acrime.audit.events import declare

TRAINING_RECORDED = declare("training.recorded", "Recorded that somebody passed a course")
TRAINING_STRUCK = declare("training.struck", "Struck out a record of training")
ROLE_REQUESTED = declare("request.made", "Asked for a change of roles")
ROLE_REQUEST_APPROVED = declare("request.approved", "Approved a change of roles")
ROLE_REQUEST_REFUSED = declare("request.refused", "Refused a change of roles")
ROLE_REQUEST_WITHDRAWN = declare("request.withdrawn", "Withdrew a wish about roles")
REVIEW_OPENED = declare("review.opened", "Opened the yearly review of roles")
REVIEW_KEPT = declare("review.kept", "Kept a role in the yearly review")
REVIEW_REMOVED = declare("review.removed", "Removed a role in the yearly review")
REVIEW_CLOSED = declare("review.closed", "Closed the yearly review of roles")
