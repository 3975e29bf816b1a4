"""An answered query is worked again, because its answer is amended."""
