"""The census of a tree as it would be with a change, told from a census before it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.census import Holding
from checks.config import CONFIG_PATH
from checks.effect import OF_COMPILER
from checks.holdings import Holdings
from checks.modules import Roots
from checks.registry import rules
from checks.rule import View
from checks.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from checks.census import Census
    from checks.config import Config
    from checks.effect import Effect, Shift
    from checks.model import Finding, Fixed

NOWHERE = Holding()
_OF_PATHS = frozenset(rule.name for rule in rules() if rule.view is View.PATH)


def project(census: Census, effect: Effect, config: Config, *, rev: str, today: date) -> Census:
    """Tell what a census would count with a change, commit `rev`, on top of its tree.

    Both go by `config`, which the change must leave as it is. What a file holds that the change
    does not touch is taken to stay, though what it imports through a changed one may not.
    `files_analyzed` stays that of the census.
    """
    paths = _paths(census, effect)
    before = dict(census.holdings)
    moved = [(shift, before.pop(shift.base or "", NOWHERE)) for shift in effect.shifts]
    after = {s.head: _after(s, held, config) for s, held in moved if s.head is not None}
    holdings = before | {p: held for p, held in after.items() if not config.ignore.matches(p)}
    if CONFIG_PATH in paths:
        holdings[CONFIG_PATH] = _of_config(census, holdings, config, today=today)
    told = {module: at for module, at in effect.stages.items() if module in census.stages}
    return replace(
        census,
        rev=rev,
        holdings={path: held for path, held in sorted(holdings.items()) if held != NOWHERE},
        stages={**census.stages, **{m: at or Stage.IMPLEMENTATION for m, at in told.items()}},
        paths=paths,
        unjudged=(census.unjudged - told.keys()) | {m for m, at in told.items() if at is None},
        unfinished=census.unfinished | effect.unfinished,
    )


def _paths(census: Census, effect: Effect) -> frozenset[str]:
    gone = {shift.base for shift in effect.shifts}
    come = {shift.head for shift in effect.shifts if shift.head is not None}
    return frozenset(census.paths) - gone | come


def _after(shift: Shift, before: Holding, config: Config) -> Holding:
    """Tell what a path holds after the change."""
    found = sorted((*_kept(shift, before, config), *shift.gained), key=_place)
    defined = Counter(before.defined)
    defined.update(shift.defined)
    return Holding(
        tuple(found),
        shift.crashes,
        (shift.skipped,) if shift.skipped else (),
        +defined if shift.read else {},
    )


def _kept(shift: Shift, before: Holding, config: Config) -> Iterator[Finding]:
    gone = Counter(map(_sign, shift.lost))
    for finding in before.findings:
        gone[_sign(finding)] -= 1
        is_told_anew = finding.rule in OF_COMPILER or not (shift.read or finding.rule in _OF_PATHS)
        if gone[_sign(finding)] < 0 and not is_told_anew:
            path = shift.head or finding.path
            yield replace(finding, path=path, in_tests=config.tests.matches(path))


def _sign(found: Finding | Fixed) -> tuple[str, ...]:
    return found.rule, found.kind, found.symbol, found.concept


def _of_config(
    census: Census, holdings: Mapping[str, Holding], config: Config, *, today: date
) -> Holding:
    """Judge the config's own waivers anew: what needed one may be gone."""
    active = [rule for rule in rules() if rule.name in census.rules]
    judge = Holdings(config, active, roots=Roots(config.roots), today=today)
    return judge.judge_config([f for held in holdings.values() for f in held.findings])


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.span, finding.rule, finding.symbol
