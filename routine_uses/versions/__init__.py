"""Versions of the notice: looked at, proposed by one person, put in force by another."""
