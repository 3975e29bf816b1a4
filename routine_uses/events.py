"""Events of the notice, the directory of recipients and the accounting.

None holds a person's values: numbers, letters and codes only.
"""

from acrime.audit.events import declare

NOTICE_LOADED = declare("notice.loaded", "Loaded a version of the notice")
NOTICE_PUT_IN_FORCE = declare("notice.put_in_force", "Put a version of the notice in force")
NOTICE_PROPOSED = declare("notice.proposed", "Proposed to put a version of the notice in force")
NOTICE_PROPOSAL_REFUSED = declare(
    "notice.proposal.refused", "Refused to put a version of the notice in force"
)
NOTICE_PROPOSAL_WITHDRAWN = declare(
    "notice.proposal.withdrawn", "Withdrew the proposal to put a version of the notice in force"
)
NOTICE_TEXT_ATTACHED = declare(
    "notice.text.attached", "Attached the official text to a version of the notice"
)
RECIPIENT_ADDED = declare("recipient.added", "Added a recipient to the directory")
RECIPIENT_CHANGED = declare("recipient.changed", "Changed a recipient in the directory")
RECIPIENT_RETIRED = declare("recipient.retired", "Took a recipient out of use")
RECIPIENT_VERIFIED = declare("recipient.verified", "Verified how a recipient is reached")
AGREEMENT_ADDED = declare("agreement.added", "Recorded an agreement with a recipient")
AGREEMENT_ENDED = declare("agreement.ended", "Ended an agreement with a recipient")
DISCLOSURE_MADE = declare("disclosure.made", "Disclosed information outside DHS")
DISCLOSURE_REFUSED = declare("disclosure.refused", "Was refused a disclosure")
DISCLOSURE_LISTED = declare("disclosure.listed", "Saw disclosures in a list", look=True)
DISCLOSURE_VIEWED = declare("disclosure.viewed", "Looked at a disclosure", look=True)
DISCLOSURE_VERIFIED = declare(
    "disclosure.verified", "Checked whether a disclosure record is authentic"
)
ACCOUNTING_VIEWED = declare(
    "accounting.viewed", "Looked at the accounting of a person's disclosures", look=True
)
ACCOUNTING_DOWNLOADED = declare(
    "accounting.downloaded", "Took the accounting of a person's disclosures out", look=True
)
COPY_PREPARED = declare(
    "accounting.copy.prepared", "Made the accounting ready for its subject", look=True
)
COPIES_VIEWED = declare(
    "accounting.copies.viewed", "Looked at the list of accountings made for a subject", look=True
)
COPY_DOWNLOADED = declare(
    "accounting.copy.downloaded", "Took out the accounting made for its subject", look=True
)
ENTRY_PROPOSED = declare(
    "disclosure.correction.proposed", "Proposed to supersede an entry of the accounting"
)
ENTRY_SUPERSEDED = declare("disclosure.superseded", "Superseded a wrong entry of the accounting")
ENTRY_REFUSED = declare(
    "disclosure.correction.refused", "Refused to supersede an entry of the accounting"
)
CORRECTION_VIEWED = declare(
    "correction.viewed", "Looked at a correction, a dispute or a letter about one", look=True
)
CORRECTIONS_LISTED = declare("correction.listed", "Saw corrections and disputes in a list")
VALUE_CORRECTED = declare("correction.made", "Corrected a value of the record")
CORRECTION_NOTED = declare("correction.noted", "Noted that what the record told was wrong")
DISPUTE_NOTED = declare("dispute.noted", "Noted that the individual disputes the record")
DISPUTE_SETTLED = declare("dispute.settled", "Settled a dispute about the record")
LETTERS_DRAFTED = declare("correction.letters.drafted", "Drafted letters to earlier recipients")
LETTER_SENT = declare("correction.letter.sent", "Told an earlier recipient of it")
LETTER_RETURNED = declare("correction.letter.returned", "Noted what came back from a recipient")
LETTER_EXEMPTED = declare(
    "correction.letter.exempted", "Claimed an exemption from telling an earlier recipient"
)
