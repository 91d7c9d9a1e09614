"""Explain a rule: its reason, what it flags and what not, how to turn it off or waive a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.exits import Exit
from bot.domain.errors import UserError

if TYPE_CHECKING:
    import argparse

RULE_HELP = "the name of the rule; without it, the rules are listed"
NO_RULE = "name a rule: `ssot explain RULE`. The rules are:"
KNOWN = "the rules are:"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ssot explain` takes."""
    parser.add_argument("rule", metavar="RULE", nargs="?", help=RULE_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Show the explanation; raises `UserError` that lists all rules for a name that is none."""
    # Only here: `--help` starts without the engine.
    from checks import explain
    from checks.config.problems import unknown_word
    from checks.registry import rules

    by_name = {rule.name: rule for rule in rules()}
    rule = by_name.get(arguments.rule)
    if rule is None:
        names = list(by_name)
        first = [unknown_word(arguments.rule, names), KNOWN] if arguments.rule else [NO_RULE]
        raise UserError("\n".join([*first, *names]))
    terminal.show(explain.plain(rule))
    return Exit.CLEAN
