"""The accounting of one person: the complete one, and the copy for its subject."""
