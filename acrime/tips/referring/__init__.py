"""Referring a tip to another agency, through the gate."""
