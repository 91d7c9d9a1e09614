"""Paths and dotted module names, translated both ways by name alone: no file is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUFFIXES = (".py", ".pyi")
PACKAGE = "__init__"

# More paths than the largest tree measured (24,650 files) asks for in one analysis.
CACHE_SIZE = 65_536


@dataclass(frozen=True, slots=True)
class Roots:
    """The import roots of a repository: folders whose files are importable by dotted name.

    `"."` is the repository itself. The longest root above a file is the one that names it.
    """

    folders: tuple[str, ...]

    def __init__(self, roots: Iterable[str] = (".",)) -> None:
        folders = {"" if root == "." else f"{root.strip('/')}/" for root in roots}
        object.__setattr__(self, "folders", tuple(sorted(folders, key=lambda f: (-len(f), f))))

    def module_of(self, path: str) -> str | None:
        """Name the module in a `.py` or `.pyi` file; a package is named by its `__init__`.

        None for a file under no root, for a root's own `__init__`, and where a part of the path is
        no identifier: no import statement can name such a module.
        """
        return _module_of(self.folders, path)

    def paths_of(self, module: str) -> tuple[str, ...]:
        """List where the module can stand: `a/b.py`, `a/b/__init__.py` and stubs, by root."""
        return _paths_of(self.folders, module)

    def resolve(self, path: str, level: int, module: str) -> str | None:
        """Name the target of `from ..module import` (`level` dots, at least one) in a file.

        Folders count, not `__init__` files. `""` is the root itself (`from . import x` in a file
        right below it). None above the root, and in a file under no root.
        """
        folder = _folder_of(self.folders, path)
        if folder is None or level - 1 > len(folder):
            return None
        kept = folder[: len(folder) - (level - 1)]
        if not all(part.isidentifier() for part in kept):
            return None
        return ".".join([*kept, module] if module else kept)

    def absolute(self, path: str, level: int, target: tuple[str, ...]) -> tuple[str, ...] | None:
        """Make a target absolute as seen from a file; None when it lies outside every root."""
        if not level:
            return target
        package = self.resolve(path, level, "")
        return None if package is None else (*filter(None, package.split(".")), *target)


def is_package(path: str) -> bool:
    """Tell whether the file is the `__init__` of a package."""
    return _stem(path.rpartition("/")[2]) == PACKAGE


def is_loaded_alike(chain: tuple[str, ...], old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Tell whether `import new` loads all that an attribute chain passes after `import old`.

    So it does when the chain leaves the way to `old` while that still is the way to `new`. A chain
    that ends on it (`run(app)`) hands everything on.
    """
    way = zip_longest(chain, old, new)
    parted = next(((name, at) for name, at, there in way if name != at or at != there), None)
    return parted is not None and parted[0] is not None and parted[0] != parted[1]


@lru_cache(maxsize=CACHE_SIZE)
def _module_of(folders: tuple[str, ...], path: str) -> str | None:
    folder = _folder_of(folders, path)
    stem = _stem(path.rpartition("/")[2])
    if folder is None or stem is None:
        return None
    parts = folder if stem == PACKAGE else (*folder, stem)
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


@lru_cache(maxsize=CACHE_SIZE)
def _paths_of(folders: tuple[str, ...], module: str) -> tuple[str, ...]:
    below = module.replace(".", "/")
    places = [
        f"{folder}{below}{ending}{suffix}"
        for folder in folders
        for ending in ("", f"/{PACKAGE}")
        for suffix in SUFFIXES
    ]
    # With roots "." and "src", src/a.py is `a` and never `src.a`.
    return tuple(place for place in places if _module_of(folders, place) == module)


@lru_cache(maxsize=CACHE_SIZE)
def _folder_of(folders: tuple[str, ...], path: str) -> tuple[str, ...] | None:
    """Split the file's folder below its root into parts."""
    root = next((folder for folder in folders if path.startswith(folder)), None)
    if root is None:
        return None
    return tuple(path[len(root) :].split("/")[:-1])


def _stem(name: str) -> str | None:
    return next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), None)
