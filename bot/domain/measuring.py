"""Answer what a checklist asks: criteria as texts in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist import Truth, Verdict
from checks.criteria import Broken, CriterionError, evaluate, matched, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.seen import Seen
    from checks.census import Census
    from checks.config import Config

FOUND = "it is {value}"


def verdicts(
    criteria: Iterable[str], census: Census, config: Config, *, seen: Seen
) -> tuple[Mapping[str, Verdict], Seen]:
    """Evaluate criteria on a census; return also what was ever seen, this census included."""
    found: dict[str, Verdict] = {}
    for text in criteria:
        try:
            criterion = parse(text)
        except CriterionError as error:
            found[text] = Verdict(Truth.BROKEN, str(error))
            continue
        seen = seen.plus(matched(criterion.query, census, config))
        decided = evaluate(criterion, census, config, seen=seen)
        if isinstance(decided, Broken):
            found[text] = Verdict(Truth.BROKEN, decided.reason)
        else:
            truth = Truth.TRUE if decided.holds else Truth.FALSE
            found[text] = Verdict(truth, FOUND.format(value=_spelled(decided.value)))
    return found, seen


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
