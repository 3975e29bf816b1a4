"""A query arrives: intake, reading, matching, worklist, research, determination, review."""
