"""Events of detainers."""

from acrime.audit.events import declare

DESCRIBED = declare("detainer.described", "Changed what the detainer is to say")
PREPARED = declare("detainer.prepared", "Handed the detainer to the issuing officer")
RETURNED = declare("detainer.returned", "Sent the detainer back", shred=("purpose",))
ISSUED = declare("detainer.issued", "Issued the detainer")
EARLIER_CHECKED = declare("detainer.earlier-checked", "Checked the earlier form against its paper")
WITHDRAWN = declare("detainer.withdrawn", "Gave the detainer up before it was issued")
NOTICE_PREPARED = declare("detainer.notice.prepared", "Prepared a notice about the detainer")
NOTICE_DROPPED = declare("detainer.notice.dropped", "Gave a prepared notice up")
PLACED = declare("detainer.placed", "Placed the detainer")
NOTICE_SENT = declare("detainer.notice.sent", "Sent a notice about the detainer")
SERVED = declare("detainer.served", "Noted that a copy was served on the person")
RELEASE_NOTED = declare("detainer.release.noted", "Noted the time of release")
HOURS_ENDED = declare("detainer.hours.ended", "Told that the 48 hours have ended")
LIFTED = declare("detainer.lifted", "Lifted the detainer")
ACTED_ON = declare("detainer.acted-on", "Noted that DHS took custody")
