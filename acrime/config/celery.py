"""The Celery application. Tasks only wake work up; the database owns the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acrime.config.settings")

app = Celery("acrime")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["acrime.common", "acrime.audit", "acrime.iaq"])
