"""Explains a rule: why it is there, what it flags, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.markdown import fenced, prose
from bot.domain.replies import Outcome, Who, refused
from checks.config.rules import check_rule_name
from checks.registry import rules

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene
    from checks.rule import Example, Rule

USAGE = "/ssot explain RULE"
WHO = Who.ANYONE
EXAMPLES = ("/ssot explain forbidden-import",)
ON_ISSUES = True

NO_RULE = "Name a rule: {rules}."
UNKNOWN = "There is no such rule: {problem}. The rules are {rules}."
NOT_BUILT = "`{rule}` is not available in this version, and so nothing is checked by it."
RULE = "**{name}**: {reason}\n\nIt flags the marked line:\n\n{invalid}"
VALID = "{rule}\n\nIt leaves this alone:\n\n{valid}"
WHERE = "In `{path}`:\n\n{source}"


def decide(call: Call, _scene: Scene) -> Outcome:
    """Show the rule's reason and its first examples."""
    known = {rule.name: rule for rule in rules()}
    listed = ", ".join(f"`{name}`" for name in known)
    if not call.words:
        return refused(NO_RULE.format(rules=listed))
    name = call.words[0]
    try:
        check_rule_name(name)
    except ValueError as error:
        return refused(UNKNOWN.format(problem=prose(str(error)), rules=listed))
    if name not in known:
        return Outcome(done=True, text=NOT_BUILT.format(rule=name))
    return Outcome(done=True, text=_explained(known[name]))


def _explained(rule: Rule) -> str:
    text = RULE.format(name=rule.name, reason=rule.reason, invalid=_shown(rule.invalid[0]))
    return VALID.format(rule=text, valid=_shown(rule.valid[0])) if rule.valid else text


def _shown(example: Example) -> str:
    return WHERE.format(path=example.path, source=fenced(example.source, "python"))
