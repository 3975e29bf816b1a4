"""Saying whom a record is about: looked for first, then linked or entered."""
