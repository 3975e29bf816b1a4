"""The database's history: whole, named, in one line, and independent of today's code."""

import ast
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.support.source import PACKAGES, Module, modules

MIGRATIONS = [
    module for module in modules() if "/migrations/" in module.path and module.file != "__init__.py"
]
# Fields of our own are part of a table's shape, so a migration may name them.
OWN_FIELDS = {"acrime.common.sealed"}


@pytest.mark.django_db
def test_none_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.parametrize("module", MIGRATIONS, ids=lambda module: module.name)
def test_each_is_named_for_what_it_does(module: Module) -> None:
    number, _, name = module.file.removesuffix(".py").partition("_")
    assert number.isdecimal()
    assert name
    assert not name.startswith(("auto", "initial"))


@pytest.mark.parametrize("module", MIGRATIONS, ids=lambda module: module.name)
def test_none_imports_the_application(module: Module) -> None:
    """What the code means today must not change what an old migration does."""
    named = [
        name
        for node in ast.walk(module.tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    assert {name for name in named if name.split(".")[0] in PACKAGES} <= OWN_FIELDS


@pytest.mark.parametrize("module", MIGRATIONS, ids=lambda module: module.name)
def test_each_can_be_taken_back(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("RunSQL", "RunPython")):
            assert len(node.args) + len(node.keywords) >= 2, module.place(node)


@pytest.mark.django_db
@pytest.mark.parametrize("app", PACKAGES)
def test_they_form_one_line(app: str) -> None:
    graph = MigrationLoader(connection).graph
    assert len(graph.leaf_nodes(app)) == 1
