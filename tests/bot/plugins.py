"""Packages of plug-ins, made for one test."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def package(folder: Path, name: str, **modules: str) -> ModuleType:
    """Make a package of the given modules below `folder`, under a name of its own."""
    full_name = f"{name}_{folder.name}"
    home = folder / full_name
    home.mkdir()
    (home / "__init__.py").write_text("")
    for module, text in modules.items():
        (home / f"{module}.py").write_text(text)
    importlib.invalidate_caches()
    spec = importlib.util.spec_from_file_location(full_name, home / "__init__.py")
    assert spec is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = made
    return made
