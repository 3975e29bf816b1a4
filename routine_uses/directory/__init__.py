"""The directory of recipients: who they are, what binds them, and who verified it."""
