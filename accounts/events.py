"""Events of the accounts."""

from acrime.audit.events import declare

OFFICE_CREATED = declare("office.created", "Added an office")
USER_CREATED = declare("user.created", "Added an account")
ROLE_GRANTED = declare("role.granted", "Granted a role")
ROLE_ENDED = declare("role.ended", "Ended a role")
SUPERVISOR_ASSIGNED = declare("supervisor.assigned", "Assigned a supervisor")
MOVED_TO_OFFICE = declare("user.moved", "Moved somebody to another office")
OFFICE_HEAD_NAMED = declare("office.head-named", "Named the head of an office")
ACCOUNT_DISABLED = declare("user.disabled", "Disabled an account")
ACCOUNT_ENABLED = declare("user.enabled", "Enabled an account again")
TOKEN_REVOKED = declare("token.revoked", "Revoked an API token")
TOKEN_ISSUED = declare("token.issued", "Issued an API token")
