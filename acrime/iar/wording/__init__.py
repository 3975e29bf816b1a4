"""Proposing another wording of a conclusion, and deciding on it."""
