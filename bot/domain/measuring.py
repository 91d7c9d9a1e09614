"""Answer what a checklist asks: criteria as texts in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist import Truth, Verdict
from checks.criteria import Broken, CriterionError, Decided, evaluate, matched, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.seen import Seen
    from checks.census import Census
    from checks.config import Config

Decision = Decided | Broken

FOUND = "it is {value}"
UNKNOWN = "unknown"


def decisions(
    criteria: Iterable[str], census: Census, config: Config, *, seen: Seen
) -> tuple[Mapping[str, Decision], Seen]:
    """Evaluate criteria on a census; return also what was ever seen, this census included."""
    found: dict[str, Decision] = {}
    for text in criteria:
        try:
            criterion = parse(text)
        except CriterionError as error:
            found[text] = Broken(str(error))
            continue
        seen = seen.plus(matched(criterion.query, census, config))
        found[text] = evaluate(criterion, census, config, seen=seen)
    return found, seen


def verdicts(
    criteria: Iterable[str], census: Census, config: Config, *, seen: Seen
) -> tuple[Mapping[str, Verdict], Seen]:
    """Evaluate criteria, and say in words what was found."""
    found, seen = decisions(criteria, census, config, seen=seen)
    said = {text: FOUND.format(value=spelled(one)) for text, one in found.items()}
    return {text: verdict(one, said[text]) for text, one in found.items()}, seen


def verdict(decision: Decision, found: str) -> Verdict:
    """Put a decision as checklists need it; `found` says what it rests on."""
    if isinstance(decision, Broken):
        return Verdict(Truth.BROKEN, decision.reason)
    return Verdict(Truth.TRUE if decision.holds else Truth.FALSE, found)


def spelled(decision: Decision) -> str:
    """Write a value as criteria write it."""
    if isinstance(decision, Broken):
        return UNKNOWN
    value = decision.value
    return str(value).lower() if isinstance(value, bool) else str(value)
