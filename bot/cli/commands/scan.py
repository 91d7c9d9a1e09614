"""Count the findings in a whole tree, new or not (a census).

Exits 0 whatever it counts.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.arguments import Format, add_config, add_format, add_repo
from bot.cli.exits import Exit

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from checks.census import Census

REV_HELP = "the commit to count (default: HEAD)"
CONFIG_HELP = "the config to use (default: the one at REV, else in the working tree)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot scan`."""
    add_repo(parser)
    parser.add_argument("--rev", metavar="REV", default="HEAD", help=REV_HELP)
    add_config(parser, text=CONFIG_HELP)
    add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the census."""
    started = time.perf_counter()
    census = run_scan(arguments.repo, rev=arguments.rev, config_file=arguments.config)
    seconds = time.perf_counter() - started
    terminal.show(_render(census, Format(arguments.format), seconds=seconds))
    return Exit.CLEAN


def run_scan(repo: Path, *, rev: str, config_file: Path | None) -> Census:
    """Take the census of a commit of a local clone; raises `UserError` and `GitError`."""
    from bot.census import Yardstick, take
    from bot.cli.counting import config_at, local_blobs, local_footings
    from bot.cli.progress import ProgressLine
    from bot.git.analysis import today
    from bot.git.clone import Clone

    clone = Clone.at(repo)
    commit = clone.resolve(rev)
    config = config_at(clone, commit, rev=rev, file=config_file)
    day = today()
    footings = local_footings(clone, config, day)
    with local_blobs(clone, ProgressLine()) as blobs:
        yardstick = Yardstick(config, blobs, day)
        return clone.ask(lambda objects: take(objects, commit, yardstick, footings=footings))


def _render(census: Census, form: Format, *, seconds: float) -> str:
    from checks.formats import census_json, census_text

    render = census_json.render if form is Format.JSON else census_text.render
    return render(census, seconds=seconds)
