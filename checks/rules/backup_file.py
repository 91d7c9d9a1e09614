"""Git keeps every old version: a backup copy only invites somebody to import it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.model import Kind, Span
from checks.rule import Example, File, Flag, Tree, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Config

MESSAGE = "This looks like a backup copy. Delete it: git keeps every committed version."
WHOLE_FILE = Span(1, 1, 1, 1)

VIEW = View.PATH
VALID = (
    Example("", path="shop/backup.py"),
    Example("", path="docs/backups/plan.md"),
)
INVALID = (
    Example("# <-", path="shop/orders.py.bak"),
    Example("# <-", path="shop/orders.backup2.py"),
    Example("# <-", path="shop/orders_backup_20250901.py"),
    Example("# <-", path="web/cart.tsx.orig"),
)


def needles(_config: Config) -> frozenset[bytes]:
    """Ask for nothing: the path decides."""
    return frozenset()


def flags(file: File, _tree: Tree, config: Config) -> Iterator[Flag]:
    """Flag a path that matches a backup pattern."""
    if config.backup_patterns.matches(file.path):
        yield Flag(Kind.FILE, file.path, file.path, WHOLE_FILE, MESSAGE, concept="")
