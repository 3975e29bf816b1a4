"""Wiring: settings, URLs, the task application and the server entry point."""

from acrime.config.celery import app as celery_app

__all__ = ["celery_app"]
