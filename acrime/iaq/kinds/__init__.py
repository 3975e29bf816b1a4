"""Kinds of conclusions as data: versions of their wording and fields, and who agreed to them."""
