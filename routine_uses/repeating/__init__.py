"""Repeating and mass disclosures: categories that a privacy officer approved beforehand."""
