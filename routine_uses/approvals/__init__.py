"""Approvals: what a clause needs of somebody else is a task for a named role."""
