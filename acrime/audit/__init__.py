"""What was done and who looked: the ledger of access and audit events."""
