"""What a query asks of a census: the paths that count, and the findings that do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH
from checks.engine import is_analysed
from checks.registry import rules
from checks.rule import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from checks.census import Census
    from checks.config import Concept, Config
    from checks.criteria.model import FindingsOf
    from checks.globs import PathGlob
    from checks.model import Finding
    from checks.rule import Rule


@dataclass(frozen=True, slots=True)
class Scope:
    """The paths of which a query counts what they hold.

    `view` is what is looked at there, `reaches` tells where the concept lies that is asked for.
    """

    config: Config
    view: View
    reaches: Callable[[str], bool]
    path: PathGlob | None = None
    tests: bool = False

    def holds(self, path: str) -> bool:
        """Tell whether the path is asked for, and could hold anything."""
        if self.path is not None and not self.path.matches(path):
            return False
        if not self.reaches(path) or (not self.tests and self.config.tests.matches(path)):
            return False
        if self.view is View.PATH:
            return not self.config.ignore.matches(path)
        is_config = self.view is View.WAIVERS and path == CONFIG_PATH
        return is_config or is_analysed(path, self.config)

    def unread(self, census: Census) -> Iterator[tuple[str, str]]:
        """Yield each path that counts and could not be analysed, with the reason."""
        if self.view is not View.PATH:  # a path is judged whatever stands in the file
            for path, held in census.holdings.items():
                if held.skipped and self.holds(path):
                    yield path, held.skipped[0].reason


def rule_named(name: str) -> Rule | None:
    """Find a rule of this version."""
    return next((rule for rule in rules() if rule.name == name), None)


def concept_named(name: str, config: Config) -> Concept | None:
    """Find a concept of the config."""
    return next((concept for concept in config.concepts if concept.name == name), None)


def scope_of_findings(query: FindingsOf, rule: Rule, config: Config) -> Scope:
    """Tell where the findings can stand that a query counts."""
    concept = concept_named(query.concept, config)
    reaches = concept.covers if concept else _everywhere
    return Scope(config, rule.view, reaches, query.path, query.tests)


def scope_of_definitions(concept: Concept, config: Config) -> Scope:
    """Tell where the definitions can stand that belong to a concept."""
    return Scope(config, View.FACTS, concept.reaches)


def findings_by_path(query: FindingsOf, census: Census, config: Config) -> Mapping[str, int]:
    """Count the findings that a query asks for in each path that has any."""
    found: dict[str, int] = {}
    for path, held in census.holdings.items():
        if query.path is None or query.path.matches(path):
            count = sum(_is_meant(finding, query) for finding in held.findings)
            if count and (query.tests or not config.tests.matches(path)):
                found[path] = count
    return found


def _is_meant(finding: Finding, query: FindingsOf) -> bool:
    return (
        finding.rule == query.rule
        and query.concept in ("", finding.concept)
        and (query.symbol is None or query.symbol.matches(finding.symbol))
    )


def _everywhere(_path: str) -> bool:
    return True
