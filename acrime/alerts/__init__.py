"""Telling owners who looked at their records."""
