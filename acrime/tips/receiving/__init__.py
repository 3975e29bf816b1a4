"""Receiving a tip: the public form, what comes by telephone, mail or another system."""
