"""Holds: what keeps records from being destroyed although their time has come."""
