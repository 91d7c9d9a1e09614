"""The patterns of a query: each alone is a query, and it matches something in a census or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checks.criteria.model import Exists, FindingsOf, Unit
from checks.criteria.scope import findings_by_path, rule_named, scope_of_findings
from checks.globs import PathGlob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.census import Census
    from checks.config import Config
    from checks.criteria.model import Query

    # A query with one pattern.
    Alone = FindingsOf | Exists

NO_PATH = "'{pattern}' matches no file, and never did: check the spelling"
NOT_COUNTED = "'{pattern}' matches no file that is counted here, and never did"
FOLDER = "'{pattern}' is a folder: write '{pattern}/**'"
NO_SYMBOL = "'{pattern}' matches no symbol that '{rule}' finds, and never did: check the spelling"


def alone(query: Query) -> Iterator[Alone]:
    """Yield the query with each of its patterns alone."""
    if isinstance(query, Exists):
        yield query
    elif isinstance(query, FindingsOf):
        if query.path is not None:
            yield replace(query, unit=Unit.COUNT, symbol=None)
        if query.symbol is not None:
            yield replace(query, unit=Unit.COUNT, path=None)


def matches(query: Alone, census: Census, config: Config) -> bool:
    """Tell whether the one pattern matches: a file that could be counted, or a finding's symbol."""
    if isinstance(query, Exists):
        return _fits(query.path, census)
    if query.path is None:
        return bool(findings_by_path(query, census, config))
    rule = rule_named(query.rule)
    scope = scope_of_findings(query, rule, config) if rule else None
    return scope is not None and any(scope.holds(path) for path in census.paths)


def unmatched(query: Alone, census: Census) -> str:
    """Say that the one pattern matches nothing, and what may be wrong with it."""
    if query.path is None:
        symbol = query.symbol.pattern if query.symbol else ""
        return NO_SYMBOL.format(pattern=symbol, rule=query.rule)
    pattern = query.path.pattern
    if _fits(query.path, census):
        return NOT_COUNTED.format(pattern=pattern)
    is_folder = _fits(PathGlob(f"{pattern}/**"), census)
    return (FOLDER if is_folder else NO_PATH).format(pattern=pattern)


def _fits(glob: PathGlob, census: Census) -> bool:
    return any(glob.matches(path) for path in census.paths)
