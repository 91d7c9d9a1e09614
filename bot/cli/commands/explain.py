"""Explain a rule: its reason, what it flags and what not, how to turn it off or waive a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.exits import Exit
from bot.domain.errors import UserError

if TYPE_CHECKING:
    import argparse

RULE_HELP = "the name of the rule; without it, the rules are listed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ssot explain` takes."""
    parser.add_argument("rule", metavar="RULE", nargs="?", help=RULE_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Show the explanation, or all rules; raises `UserError` for a name that is none."""
    # Only here: `--help` starts without the engine.
    from checks import explain
    from checks.config.problems import unknown_word
    from checks.registry import rules

    by_name = {rule.name: rule for rule in rules()}
    if arguments.rule is None:
        terminal.show("".join(f"{name}\n" for name in by_name))
        return Exit.CLEAN
    rule = by_name.get(arguments.rule)
    if rule is None:
        raise UserError(unknown_word(arguments.rule, [*by_name]))
    terminal.show(explain.plain(rule))
    return Exit.CLEAN
