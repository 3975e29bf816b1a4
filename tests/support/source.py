"""The portal's own source, for the tests that hold rules about the code itself."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("acrime", "accounts", "routine_uses")


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its path from the top, and what it says."""

    name: str
    path: str
    tree: ast.Module

    @property
    def file(self) -> str:
        """The file's own name, such as ``policy.py``."""
        return self.path.rpartition("/")[2]

    def place(self, node: ast.expr | ast.stmt) -> str:
        """Where *node* stands, for a reader of the failure."""
        return f"{self.path}:{node.lineno}"


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the product, migrations too, in a fixed order."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple(_module(path) for path in paths)


def working_modules() -> list[Module]:
    """Every file but migrations, which are the database's history, and set-up's own.

    Set-up (``acrime.bootstrap``) runs before there is a Django to keep rules for.
    """
    return [
        module
        for module in modules()
        if "/migrations/" not in module.path and not module.path.startswith("acrime/bootstrap/")
    ]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file under version control that is there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    names = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in names if path.is_file())


def calls(module: Module) -> Iterator[ast.Call]:
    """Every call in *module*."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for a chain of names, and blank for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def _module(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    return Module(name, relative.as_posix(), ast.parse(path.read_text(encoding="utf-8")))
