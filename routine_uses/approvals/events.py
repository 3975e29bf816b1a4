"""Events of approvals. They hold numbers, kinds and names of roles only."""

from acrime.audit.events import declare

APPROVAL_ASKED = declare("approval.asked", "Asked for an approval of a disclosure")
APPROVAL_PAPER_ADDED = declare("approval.paper.added", "Added a paper to an approval")
APPROVAL_GRANTED = declare("approval.granted", "Granted an approval of a disclosure")
APPROVAL_REFUSED = declare("approval.refused", "Refused an approval of a disclosure")
APPROVAL_WITHDRAWN = declare("approval.withdrawn", "Withdrew an approval of a disclosure")
APPROVALS_LISTED = declare("approval.listed", "Saw approvals in a list", look=True)
APPROVAL_VIEWED = declare("approval.viewed", "Looked at an approval", look=True)
CHIEF_DESIGNATED = declare("chief.designated", "Designated the Chief Privacy Officer")
