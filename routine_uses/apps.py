"""Routine uses: what may leave, and under which words of the notice."""

from django.apps import AppConfig


class RoutineUsesConfig(AppConfig):
    name = "routine_uses"
    verbose_name = "Routine uses"
