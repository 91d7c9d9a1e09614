"""Why a query cannot be answered: the config does not know it, or the census did not see enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checks.config.problems import unknown_word
from checks.config.rules import RULE_NAMES
from checks.criteria.model import DefinitionsOf, Exists, FindingsOf, StageOf
from checks.criteria.patterns import alone, matches, unmatched
from checks.criteria.scope import (
    concept_named,
    rule_named,
    scope_of_definitions,
    scope_of_findings,
)
from checks.model import Severity
from checks.rule import View

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from checks.census import Census
    from checks.config import Config
    from checks.criteria.model import Query
    from checks.criteria.scope import Scope
    from checks.rule import Rule

OFF = "the rule '{rule}' is off in the config"
NOT_AVAILABLE = "the rule '{rule}' is not available in this version"
NEVER_COUNTED = "the rule '{rule}' looks at changes only: a census does not count it"
NO_CONCEPT = "the config names no concept"
NO_MODULE = "the config names no deprecated module"
NOT_CONCERNED = "in '{concept}' the config names nothing that the rule '{rule}' looks for"
NO_DEFINITIONS = "the config names no definitions of '{concept}'"
UNREAD = "{path} could not be analysed: {reason}"
AND_MORE = "{problem} (and {count} more)"
CRASHED = "the rule '{rule}' failed on {path}: a bug in ssot"
UNFINISHED = "the rule '{rule}' stopped before it had searched the whole tree"
NOT_JUDGED = "the file of '{module}' could not be analysed"


def doubts(query: Query, census: Census, config: Config, *, seen: Container[str]) -> Iterator[str]:
    """Yield what is in the way of an answer, the plainest first."""
    match query:
        case StageOf():
            yield from _of_stage(query, census)
        case DefinitionsOf():
            yield from _of_definitions(query, census, config)
        case FindingsOf():
            yield from _of_findings(query, census, config, seen=seen)
        case Exists():
            yield from _of_patterns(query, census, config, seen=seen)


def _of_stage(query: StageOf, census: Census) -> Iterator[str]:
    if query.module not in census.stages:
        yield unknown_word(query.module, list(census.stages)) if census.stages else NO_MODULE
    elif query.module in census.unjudged:
        yield NOT_JUDGED.format(module=query.module)


def _of_definitions(query: DefinitionsOf, census: Census, config: Config) -> Iterator[str]:
    concept = concept_named(query.concept, config)
    if concept is None:
        yield _unknown_concept(query.concept, config)
        return
    if not concept.classes and not concept.functions:
        yield NO_DEFINITIONS.format(concept=concept.name)
    yield from _unread(scope_of_definitions(concept, config), census)


def _of_findings(
    query: FindingsOf, census: Census, config: Config, *, seen: Container[str]
) -> Iterator[str]:
    rule = rule_named(query.rule)
    if query.rule not in RULE_NAMES:
        yield unknown_word(query.rule, RULE_NAMES)
    elif config.severity(query.rule) is Severity.OFF:
        yield OFF.format(rule=query.rule)
    elif rule is None or query.rule not in census.rules:
        yield NOT_AVAILABLE.format(rule=query.rule)
    elif rule.view is View.CONFIG:
        yield NEVER_COUNTED.format(rule=query.rule)
    else:
        yield from _of_concept(query, rule, config)
        yield from _of_patterns(query, census, config, seen=seen)
        yield from _of_census(query, rule, census, config=config)


def _of_concept(query: FindingsOf, rule: Rule, config: Config) -> Iterator[str]:
    if not query.concept:
        return
    concept = concept_named(query.concept, config)
    if concept is None:
        yield _unknown_concept(query.concept, config)
    elif not rule.concerns(replace(config, concepts=(concept,))):
        yield NOT_CONCERNED.format(rule=rule.name, concept=concept.name)


def _of_patterns(
    query: FindingsOf | Exists, census: Census, config: Config, *, seen: Container[str]
) -> Iterator[str]:
    for each in alone(query):
        if str(each) not in seen and not matches(each, census, config):
            yield unmatched(each, census)


def _of_census(query: FindingsOf, rule: Rule, census: Census, *, config: Config) -> Iterator[str]:
    scope = scope_of_findings(query, rule, config)
    if rule.name in census.unfinished:
        yield UNFINISHED.format(rule=rule.name)
    yield from _unread(scope, census)
    # Whether a waiver is needed is told by all rules.
    is_late = rule.view is View.WAIVERS
    for crash in census.crashes:
        if (is_late or crash.rule == rule.name) and scope.holds(crash.path):
            yield CRASHED.format(rule=crash.rule, path=crash.path)


def _unread(scope: Scope, census: Census) -> Iterator[str]:
    problems = [UNREAD.format(path=path, reason=reason) for path, reason in scope.unread(census)]
    if problems:
        yield _first(problems)


def _first(problems: Sequence[str]) -> str:
    first, *rest = problems
    return AND_MORE.format(problem=first, count=len(rest)) if rest else first


def _unknown_concept(name: str, config: Config) -> str:
    names = [concept.name for concept in config.concepts]
    return unknown_word(name, names) if names else NO_CONCEPT
