"""Explains a rule: its reason, what it flags, and what it leaves alone."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.domain.markdown import code, fenced
from bot.domain.replies import Outcome, Who, refused
from checks import explain
from checks.config.rules import RULE_NAMES
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
UNKNOWN = "There is no rule {name}.{hint} The rules are: {rules}."
HINT = " Did you mean `{name}`?"
NOT_BUILT = "`{rule}` is not available in this version, so it checks nothing."
RULE = "**{name}**: {reason}\n\nIt flags the line that is marked `# <-`:\n\n{invalid}"
VALID = "{rule}\n\nIt leaves this alone:\n\n{valid}"


def decide(call: Call, _scene: Scene) -> Outcome:
    """Show the rule's reason and its first examples."""
    known = {rule.name: rule for rule in rules()}
    listed = ", ".join(f"`{name}`" for name in known)
    if not call.words:
        return refused(NO_RULE.format(rules=listed))
    name = call.words[0]
    if name not in RULE_NAMES:
        hint = "".join(HINT.format(name=close) for close in get_close_matches(name, known, n=1))
        return refused(UNKNOWN.format(name=code(name), hint=hint, rules=listed))
    if name not in known:
        return Outcome(done=True, text=NOT_BUILT.format(rule=name))
    return Outcome(done=True, text=_explained(known[name]))


def _explained(rule: Rule) -> str:
    text = RULE.format(name=rule.name, reason=rule.reason, invalid=_shown(rule.invalid[0]))
    return VALID.format(rule=text, valid=_shown(rule.valid[0])) if rule.valid else text


def _shown(example: Example) -> str:
    return fenced(explain.show(example), "python")
