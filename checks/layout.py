"""How a repository is laid out, told by its paths and imports: tests, folders to ignore, roots."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from checks.config.patterns import check_root
from checks.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from checks.survey import Survey

TESTS = (
    "tests/**",
    "test/**",
    "**/tests/**",
    "**/test/**",
    "**/test_*.py",
    "**/*_test.py",
    "**/conftest.py",
)
# Copies and code of others, where somebody committed them.
IGNORED = (
    "backup/**",
    "backups/**",
    "**/node_modules/**",
    "**/site-packages/**",
    "**/.venv/**",
    "**/venv/**",
    "**/_vendor/**",
    "vendor/**",
    "third_party/**",
)
# https://packaging.python.org/en/latest/discussions/src-layout-vs-flat-layout/
ROOT_NAMES = frozenset({"src", "lib", "python"})
MAX_ROOT_DEPTH = 3
MAX_ROOTS = 10


def matching(patterns: Iterable[str], paths: Collection[str]) -> tuple[str, ...]:
    """Keep the patterns that match a path which none before them matches."""
    kept: list[str] = []
    for pattern in patterns:
        known, glob = Globs(kept), Globs([pattern])
        if any(glob.matches(path) and not known.matches(path) for path in paths):
            kept.append(pattern)
    return tuple(kept)


def find_roots(surveys: Mapping[str, Survey]) -> tuple[str, ...]:
    """Find the folders that absolute imports start from, most used first; `(".",)` in doubt."""
    imported = Counter(
        target[0] for each in surveys.values() for level, target in each.imports if not level
    )
    offered = _offered(surveys)
    uses: dict[str, int] = {}
    for root, names in offered.items():
        own = names if root == "." else names - offered["."]
        uses[root] = sum(imported[name] for name in own)
    found = sorted((root for root in uses if uses[root]), key=lambda root: (-uses[root], root))
    return tuple(found[:MAX_ROOTS]) or (".",)


def _offered(surveys: Mapping[str, Survey]) -> dict[str, set[str]]:
    """List by possible root the names that can be imported from it."""
    offered: dict[str, set[str]] = {".": set()}
    for path in surveys:
        folders = path.removesuffix(".py").split("/")
        offered["."].add(folders[0])
        for depth in range(1, min(len(folders), MAX_ROOT_DEPTH + 1)):
            root = "/".join(folders[:depth])
            is_package = f"{root}/__init__.py" in surveys
            if folders[depth - 1] in ROOT_NAMES and not is_package and _is_writable(root):
                offered.setdefault(root, set()).add(folders[depth])
    return offered


def _is_writable(root: str) -> bool:
    try:
        return bool(check_root(root)) and root.isprintable()
    except ValueError:
        return False
