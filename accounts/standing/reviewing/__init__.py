"""The yearly review of who holds which role."""
