"""Events of calls."""

from acrime.audit.events import declare

TAKEN = declare("call.taken", "Took the call")
VERIFIED = declare("call.verified", "Called the agency back")
STATEMENT_PREPARED = declare("call.statement.prepared", "Prepared what may be said")
SAID = declare("call.said", "Wrote down what was said")
TASK_ADDED = declare("call.task.added", "Added a task that follows the call")
TASK_DONE = declare("call.task.done", "Did a task that follows the call")
CLOSED = declare("call.closed", "Closed the call")
