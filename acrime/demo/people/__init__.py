"""Synthetic people by the million: realistic, skewed, the same for the same seed."""
