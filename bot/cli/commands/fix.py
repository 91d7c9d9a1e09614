"""Apply the proven fixes to the working tree.

Shows what would change as a diff; --write changes the files.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.arguments import add_base, add_config, add_repo
from bot.cli.exits import exit_of

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from bot.cli.fixing import Fixes
    from bot.git.clone import Clone

REPO_HELP = "a folder in the clone (default: the current one)"
CONFIG_HELP = "the config to use (default: the one at the base, else in the working tree)"
ALL_HELP = "fix every finding in the tree, not only those that are new since the base"
WRITE_HELP = "change the files (default: show the diff)"

FILTERED = "{path} differs between disk and git (a filter?): left as it is"
NOTHING = "nothing to fix"
NO_PROOF = "no proven fix: {left} left"
WOULD_FIX = "{fixed} in {files} can be fixed with `ssot fix --write`, {left:,} left"
DID_FIX = "{fixed} in {files} fixed, {left:,} left"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot fix`."""
    add_repo(parser, text=REPO_HELP)
    add_config(parser, text=CONFIG_HELP)
    add_base(parser)
    parser.add_argument("--all", action="store_true", help=ALL_HELP)
    parser.add_argument("--write", action="store_true", help=WRITE_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Show or write the fixes; the exit code judges the tree as it stands at the end."""
    from bot.cli.config import find_config, read_config
    from bot.cli.files import WorkingFiles
    from bot.cli.fixing import Fixer
    from bot.cli.local import read_locally
    from bot.git.analysis import capture
    from bot.git.clone import Clone
    from checks.formats.text import unjudged

    clone = Clone.at(arguments.repo)
    branch = _base(clone, arguments)
    tip = clone.resolve(branch)
    named: Path | None = arguments.config
    config = read_config(named) if named else find_config(clone, tip, base=branch)
    with clone.working_tree() as (objects, tree):
        start = (
            clone.empty_tree() if arguments.all else clone.merge_base(tip, clone.resolve("HEAD"))
        )
        snapshot = capture(objects, start, tree, config=config)
        files = WorkingFiles(objects, snapshot.tree)
        fixes = Fixer(objects, config, read_locally, on_disk=files.read).fix(snapshot)
    if arguments.write:
        for path, content in sorted(fixes.contents.items()):
            files.write(path, content)
    else:
        for path, content in sorted(fixes.contents.items()):
            terminal.show(files.diff(path, content))
    for path in files.filtered():
        terminal.remark(FILTERED.format(path=path))
    judged = fixes.after if arguments.write else fixes.before
    for line in chain.from_iterable(unjudged(judged)):
        terminal.remark(line)
    terminal.remark(_summary(fixes, DID_FIX if arguments.write else WOULD_FIX))
    return exit_of(judged)


def _base(clone: Clone, arguments: argparse.Namespace) -> str:
    """Name the commit that has the config; only new findings need one to compare with."""
    if arguments.base is not None:
        return str(arguments.base)
    if arguments.all:
        return clone.default_branch() or "HEAD"
    return clone.default_base()


def _summary(fixes: Fixes, text: str) -> str:
    from checks.formats.wording import counted

    before, left = len(fixes.before.new), len(fixes.after.new)
    if not before:
        return NOTHING
    if not fixes.contents:
        is_left = "is" if left == 1 else "are"
        return NO_PROOF.format(left=f"{counted(left, 'finding')} {is_left}")
    fixed = counted(before - left, "finding")
    return text.format(fixed=fixed, files=counted(len(fixes.contents), "file"), left=left)
