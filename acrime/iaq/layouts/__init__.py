"""The layouts in which a query comes: text, JSON members, EBTS files."""
