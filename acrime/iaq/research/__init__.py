"""Where things are looked up, what was found, and whom a query is about."""
