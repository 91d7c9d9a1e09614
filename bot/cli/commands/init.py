"""Propose a config: from classes that are defined twice and modules that seem deprecated.

Reads the working tree, or HEAD of a bare clone; nothing of the repository is run.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.arguments import add_repo
from bot.cli.exits import Exit
from bot.domain.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from bot.git.clone import Clone

WRITE_HELP = "write .github/ssot.yml, unless there is one"

BARE = "a bare repository has no working tree to write to: leave out --write"
EXISTS = "{path} exists and was not overwritten: leave out --write to see the proposal"
UNWRITABLE = "cannot write {path}: {reason}"
WRITTEN = "wrote {path}: read it, shorten it, and commit it\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot init`."""
    add_repo(parser)
    parser.add_argument("--write", action="store_true", help=WRITE_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Show the proposal, or write it where there is no config yet."""
    # Only here: other commands, and `--help`, start without the engine.
    from bot.git.clone import Clone
    from checks.config import CONFIG_PATH

    clone = Clone.at(arguments.repo)
    if not arguments.write:
        terminal.show(_proposal(clone))
        return Exit.CLEAN
    if clone.top is None:
        raise UserError(BARE)
    file = clone.top / CONFIG_PATH
    if file.exists():
        raise UserError(EXISTS.format(path=file))
    _write(file, _proposal(clone))
    terminal.show(WRITTEN.format(path=file))
    return Exit.CLEAN


def _proposal(clone: Clone) -> str:
    from bot.cli.surveying import survey_files
    from bot.git.listing import REGULAR_MODES
    from checks.draft import draft, worth_surveying
    from checks.formats.draft import render

    with _tree(clone) as (files, tree):
        listed = files.ask(lambda objects: objects.tree(tree))
        versions = [each for each in listed if each.mode in REGULAR_MODES]
        paths = {each.path for each in versions}
        wanted = worth_surveying(paths)
        oids = {each.path: each.oid for each in versions if each.path in wanted}
        return render(draft(paths, survey_files(files, oids)))


@contextmanager
def _tree(clone: Clone) -> Iterator[tuple[Clone, str]]:
    """Yield the clone that knows the tree to read, and the tree's id."""
    if clone.top is None:
        yield clone, clone.resolve("HEAD")
        return
    with clone.working_tree() as (files, tree):
        yield files, tree


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as created:
            created.write(text)
    except OSError as error:
        raise UserError(UNWRITABLE.format(path=file, reason=error.strerror)) from error
