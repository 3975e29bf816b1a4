"""Events of the accounts."""

from acrime.audit.events import declare

OFFICE_CREATED = declare("office.created", "Added an office")
USER_CREATED = declare("user.created", "Added an account")
ROLE_GRANTED = declare("role.granted", "Granted a role")
SUPERVISOR_ASSIGNED = declare("supervisor.assigned", "Assigned a supervisor")
TOKEN_ISSUED = declare("token.issued", "Issued an API token")
