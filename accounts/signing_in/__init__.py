"""Signing in to the numbers of the CJIS Security Policy."""
