"""Approved schedules: proposed with their evidence, approved by a second person."""
