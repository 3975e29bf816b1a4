"""Looking a value up in a template."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def item(table: Mapping[str, str], key: str) -> str:
    """The value of *key*.

    Raises:
        KeyError: the table does not have it.
    """
    return table[key]
