"""Whom the records are about: names, birth dates, identifiers, and finding them."""
