"""Events of signing in, besides those that every session writes."""

from acrime.audit.events import declare

ACCOUNT_LOCKED = declare("account.locked", "Account locked after failures in a row")
ACCOUNT_RELEASED = declare("account.released", "Released a locked account")
IDENTITY_PROVED = declare("session.proved", "Proved once more who they are")
SECOND_FACTOR_ADDED = declare("factor.added", "Added a second factor")
SECOND_FACTOR_REMOVED = declare("factor.removed", "Removed a second factor")
SECOND_FACTOR_USED = declare("factor.used", "Used a second factor")
SECOND_FACTOR_FAILED = declare("factor.failed", "Failed with a second factor")
RECOVERY_CODE_USED = declare("factor.code-used", "Used a recovery code")
RECOVERY_CODES_MADE = declare("factor.codes-made", "Had new recovery codes made")
PASSWORD_CHANGED = declare("password.changed", "Changed the password")
PASSWORD_SET = declare("password.set", "Set a first password for an account")
CERTIFICATE_BOUND = declare("account.certificate-bound", "Bound a certificate to an account")
SUBJECT_BOUND = declare("account.subject-bound", "Bound a single sign-on to an account")
