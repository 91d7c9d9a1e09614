"""Check a config, or write the JSON Schema of the file for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

CHECK_HELP = "list every mistake in a config with its line and column"
FILE_HELP = "the config (default: .github/ssot.yml of this repository)"
SCHEMA_HELP = "write the JSON Schema of .github/ssot.yml"
OK = "ok\n"
PROBLEM = "{path}:{line}:{column}: {key}{message}\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `ssot config check` and `ssot config schema`."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help=CHECK_HELP, allow_abbrev=False)
    check.add_argument("file", metavar="FILE", type=Path, nargs="?", help=FILE_HELP)
    check.set_defaults(action=_check)
    schema = actions.add_parser("schema", help=SCHEMA_HELP, allow_abbrev=False)
    schema.set_defaults(action=_schema)


def run(arguments: argparse.Namespace) -> int:
    """Do what was chosen."""
    return int(arguments.action(arguments))


def _check(arguments: argparse.Namespace) -> Exit:
    """List every problem, one a line as compilers do, so that editors find the place."""
    # Only here: `--help` starts without the engine.
    from bot.cli.config import find_file, read
    from checks.config import ConfigError, parse
    from checks.formats.visible import spell_unseen

    file = arguments.file or find_file(Path())
    try:
        parse(read(file))
    except ConfigError as error:
        for problem in error.problems:
            key = f"{problem.key}: " if problem.key else ""
            place = PROBLEM.format(
                path=spell_unseen(str(file)),
                line=problem.line,
                column=problem.column,
                key=spell_unseen(key),
                message=spell_unseen(problem.message),
            )
            terminal.show(place)
        return Exit.UNUSABLE
    terminal.show(OK)
    return Exit.CLEAN


def _schema(_arguments: argparse.Namespace) -> Exit:
    from checks.config.schema import json_schema

    terminal.show(json.dumps(json_schema(), indent=2) + "\n")
    return Exit.CLEAN
