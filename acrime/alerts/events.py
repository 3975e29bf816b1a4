"""Events of alerts. None names a record: what an owner, a viewer and OPR say to each other
about a look is no part of the record's own history."""

from acrime.audit.events import declare

EXPECTED = declare("alert.expected", "Said that a look was expected")
ASKED = declare("alert.question.asked", "Asked why somebody looked")
WITHDRAWN = declare("alert.question.withdrawn", "Withdrew a question about a look")
ANSWERED = declare("alert.question.answered", "Answered why they looked")
MAIL_CHOSEN = declare("alert.mail.chosen", "Chose how often to be written to")
MAIL_SENT = declare("alert.mail.sent", "Wrote to an owner that alerts wait")
MISUSE_REPORTED = declare("referral.reported", "Reported suspected misuse to OPR")
REFERRALS_LISTED = declare("referral.listed", "Looked at the reports of misuse")
REFERRAL_VIEWED = declare("referral.viewed", "Looked at a report of misuse")
REFERRAL_TAKEN = declare("referral.taken", "Took a report of misuse up")
REFERRAL_NOTED = declare("referral.noted", "Added a note to a report of misuse")
REFERRAL_CLOSED = declare("referral.closed", "Closed a report of misuse")
