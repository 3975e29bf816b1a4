"""Entering somebody of whom no query speaks: searched for first, then entered or recognised."""
