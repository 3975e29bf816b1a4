"""Events of retention. They hold codes and numbers only."""

from acrime.audit.events import declare

AUTHORITY_PROPOSED = declare(
    "retention.authority.proposed", "Proposed an approved schedule for records"
)
AUTHORITY_APPROVED = declare("retention.authority.approved", "Approved a schedule as second person")
AUTHORITY_REFUSED = declare("retention.authority.refused", "Refused a proposed schedule")
AUTHORITY_WITHDRAWN = declare("retention.authority.withdrawn", "Withdrew an approved schedule")
AUTHORITY_SUPERSEDED = declare(
    "retention.authority.superseded", "Put an approved schedule in the place of another"
)
AUTHORITY_PAPER_TAKEN = declare(
    "retention.authority.paper", "Took the document of a schedule out", look=True
)
EXPLAINED = declare("retention.explained", "Had explained how long the record is kept", look=True)
