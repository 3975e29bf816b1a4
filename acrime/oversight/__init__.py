"""What OPR reads: the ledger of events, by person, by record, by time; and its export."""
