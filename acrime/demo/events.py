"""Events of training portals."""

from acrime.audit.events import declare

PEOPLE_ADDED = declare("demo.people.added", "Added synthetic people")
