"""Events of the notice, the directory of recipients and the accounting.

None holds a person's values: numbers, letters and codes only.
"""

from acrime.audit.events import declare

NOTICE_LOADED = declare("notice.loaded", "Loaded a version of the notice")
NOTICE_PUT_IN_FORCE = declare("notice.put_in_force", "Put a version of the notice in force")
RECIPIENT_ADDED = declare("recipient.added", "Added a recipient to the directory")
DISCLOSURE_MADE = declare("disclosure.made", "Disclosed information outside DHS")
DISCLOSURE_REFUSED = declare("disclosure.refused", "Was refused a disclosure")
DISCLOSURE_LISTED = declare("disclosure.listed", "Saw disclosures in a list", look=True)
DISCLOSURE_VIEWED = declare("disclosure.viewed", "Looked at a disclosure", look=True)
DISCLOSURE_FORM_DOWNLOADED = declare(
    "disclosure.form.downloaded", "Downloaded a disclosure record", look=True
)
DISCLOSURE_VERIFIED = declare("disclosure.verified", "Checked a disclosure record's code")
