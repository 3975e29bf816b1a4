"""Events of standing."""

from acrime.audit.events import declare

TRAINING_RECORDED = declare("training.recorded", "Recorded that somebody passed a course")
TRAINING_STRUCK = declare("training.struck", "Struck out a record of training")
