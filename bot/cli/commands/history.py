"""Show how the number of findings in a repository changed over time.

Follows the first parents of a commit. Exits 0 whatever it counts.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.arguments import Format, add_config, add_format, add_repo
from bot.cli.exits import Exit
from bot.domain.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.git.clone import Clone
    from bot.git.commits import Commit
    from bot.git.objects import Objects
    from checks.config import Config
    from checks.history import Point

CONFIG_HELP = "the config to use for all points (default: the one at REV, else on disk)"
SINCE_HELP = "the first day, YYYY-MM-DD (default: that of the first commit)"
UNTIL_HELP = "the last day, YYYY-MM-DD (default: that of the last commit)"
REV_HELP = "the commit whose first parents are followed (default: HEAD)"
EVERY_HELP = "one point for each day, week or commit (default: day)"
HTML_HELP = "also write a report with charts to this file"
BAD_DAY = "{text!r} is not a date: write it like 2025-09-18"
NO_POINTS = "there is no commit on these days: the commits are from {first} to {last}"
UNWRITABLE = "cannot write {path}: {reason}"
WRITTEN = "{path} is written: open it in a browser"
NO_FOLDER = "there is no such folder"
SHALLOW = (
    "This clone is shallow: its history begins on {first}. Fetch the whole history for the days "
    "before (actions/checkout: `fetch-depth: 0`)."
)
NOT_ANALYSED = "{files} not analysed at {rev}: `ssot scan --rev {rev}` tells why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `ssot history`."""
    add_repo(parser)
    add_config(parser, text=CONFIG_HELP)
    parser.add_argument("--since", metavar="DATE", type=day, help=SINCE_HELP)
    parser.add_argument("--until", metavar="DATE", type=day, help=UNTIL_HELP)
    parser.add_argument("--rev", metavar="REV", default="HEAD", help=REV_HELP)
    parser.add_argument(
        "--every", choices=("day", "week", "commit"), default="day", help=EVERY_HELP
    )
    parser.add_argument("--html", metavar="FILE", type=Path, help=HTML_HELP)
    add_format(parser)


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(BAD_DAY.format(text=text)) from error


def run(arguments: argparse.Namespace) -> int:
    """Show the history, and write the report if one is wanted."""
    from bot.cli.counting import config_at
    from bot.git.clone import Clone
    from checks.formats import history_json, history_text

    _refuse_nowhere(arguments.html)
    clone = Clone.at(arguments.repo)
    tip = clone.resolve(arguments.rev)
    config = config_at(clone, tip, rev=arguments.rev, file=arguments.config)
    chosen = _chosen(clone, tip, arguments)
    points = clone.ask(partial(_counted, clone, chosen, config))
    if arguments.html is not None:
        name = (clone.top or clone.git_dir).name.removesuffix(".git")
        _write_report(arguments.html, points, config, name=name)
    render = history_json.render if arguments.format == Format.JSON else history_text.render
    terminal.show(render(points))
    _tell_of_skipped(points[-1])
    return Exit.CLEAN


def _refuse_nowhere(file: Path | None) -> None:
    """Refuse a report that could not be written before minutes are spent on it."""
    if file is not None and not file.parent.is_dir():
        raise UserError(UNWRITABLE.format(path=file, reason=NO_FOLDER))


def _chosen(clone: Clone, tip: str, arguments: argparse.Namespace) -> Sequence[Commit]:
    from bot.git.commits import Every, first_parents, points

    commits = first_parents(clone.objects, tip)
    chosen = points(commits, Every(arguments.every), since=arguments.since, until=arguments.until)
    if not chosen:
        raise UserError(NO_POINTS.format(first=commits[0].day, last=commits[-1].day))
    first = commits[0].day
    if (arguments.since is None or arguments.since < first) and clone.is_shallow():
        terminal.remark(SHALLOW.format(first=first))
    return chosen


def _counted(
    clone: Clone, chosen: Sequence[Commit], config: Config, objects: Objects
) -> tuple[Point, ...]:
    """Take the census of each commit, one after the other."""
    from bot.census import Yardstick, take_each
    from bot.cli.counting import local_blobs
    from bot.cli.progress import ProgressLine
    from bot.git.analysis import today
    from checks.history import point

    progress = ProgressLine()
    found = []
    with local_blobs(clone, progress) as blobs:
        progress.begin_point(str(chosen[0].day), 0, len(chosen))
        oids = [commit.oid for commit in chosen]
        censuses = take_each(objects, oids, Yardstick(config, blobs, today()))
        for done, (commit, census) in enumerate(zip(chosen, censuses, strict=True), 1):
            found.append(point(census, commit.day, config))
            progress.begin_point(str(commit.day), done, len(chosen))
    return tuple(found)


def _tell_of_skipped(last: Point) -> None:
    from checks.formats.wording import counted, short_id

    if last.skipped:
        files = counted(last.skipped, "file")
        terminal.remark(NOT_ANALYSED.format(files=files, rev=short_id(last.rev)))


def _write_report(file: Path, points: Sequence[Point], config: Config, *, name: str) -> None:
    from bot.cli.report.page import render

    try:
        file.write_text(render(points, config, name), encoding="utf-8")
    except OSError as error:
        raise UserError(UNWRITABLE.format(path=file, reason=error.strerror)) from error
    terminal.remark(WRITTEN.format(path=file))
