"""Who reported a tip: kept apart from it."""
