"""From arguments to an exit code: find the command, run it, say in a sentence what went wrong."""

from __future__ import annotations

import argparse
import sys
import traceback
from typing import TYPE_CHECKING, Any, Protocol

from bot import __version__
from bot.cli import commands, terminal
from bot.cli.exits import Exit
from bot.domain.errors import StoreError, TransientError, UserError
from checks import plugins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

DESCRIPTION = (
    "Find what a change adds against a single source of truth: new imports of deprecated modules, "
    "second definitions, and more. Start with `ssot init`, then `ssot check`."
)
UNKNOWN = "unrecognized arguments: {words}"
BUG = "this is a bug in ssot: please report it with the lines above"

# What a command's module has to hold: an incomplete one is an error at start, never skipped.
PARTS = ("add_arguments", "run")
# A shell's own code for a process that Ctrl-C has ended: 128 + SIGINT.
INTERRUPTED = 130


class Command(Protocol):
    """A module of `bot.cli.commands`; its docstring is the help."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the command takes."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it, and return the exit code."""
        ...


def run(arguments: Sequence[str]) -> int:
    """Run one command; a person's mistake ends in a sentence on stderr, a bug in a traceback."""
    terminal.prepare()
    top = parser()
    if not arguments:
        top.print_help(sys.stderr)
        raise SystemExit(Exit.UNUSABLE)
    chosen = top.parse_args(arguments)
    try:
        return int(chosen.command(chosen))
    except (UserError, StoreError) as error:
        terminal.complain(str(error))
        return Exit.UNUSABLE
    except TransientError as error:
        terminal.complain(str(error))
        return Exit.INCOMPLETE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        terminal.complain(BUG)
        return Exit.INCOMPLETE


def parser() -> argparse.ArgumentParser:
    """Build the command line of all commands."""
    top = _Parser(prog="ssot", description=DESCRIPTION, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    for name, command in discover():
        text = (command.__doc__ or "").strip()
        one = subparsers.add_parser(
            name, help=text.partition("\n")[0], description=text, allow_abbrev=False
        )
        command.add_arguments(one)
        one.set_defaults(command=command.run)
    return top


class _Parser(argparse.ArgumentParser):
    """Answers a typo with the usage of the command that it was made in.

    argparse hands what a command does not know back to the top, whose usage names no flag.
    """

    def parse_known_args(  # type: ignore[override]  # one signature for its overloads
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse as always, but refuse here what is not known."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(UNKNOWN.format(words=" ".join(unknown)))
        return found, unknown


def discover(package: ModuleType = commands) -> Iterator[tuple[str, Command]]:
    """Load every command, sorted by name; raise TypeError for a module that is none."""
    for name, module in plugins.load(package):
        missing = [part for part in PARTS if not hasattr(module, part)]
        if missing or not module.__doc__:
            lacking = ", ".join(missing or ["a docstring"])
            message = f"{module.__name__} is no command: it lacks {lacking}"
            raise TypeError(message)
        yield name, module
