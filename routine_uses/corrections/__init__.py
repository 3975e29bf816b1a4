"""Corrections and disputes: who was told earlier, and that they are told."""
