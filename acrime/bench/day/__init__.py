"""A day of the support center, by its real processes, with deaths and failures in between."""
