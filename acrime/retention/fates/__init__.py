"""The register of what becomes of every field, read against the tables that there are."""
