"""Plug-ins: each module of a package is one, found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def load(package: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """Import every module of a package, sorted by name; what it raises stops the start."""
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        yield name, importlib.import_module(f"{package.__name__}.{name}")
