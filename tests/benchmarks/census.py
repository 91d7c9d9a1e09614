"""Measure ssot against ruff, side by side: `python -m tests.benchmarks.census --help`.

Ruff's TID251 looks for the same imports in the same files, on a checkout; ssot reads the clone.
Runs take turns, so that a busy machine slows all of them alike; the medians are compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from checks.config import parse
from checks.registry import rules
from tests.benchmarks.timing import Run, git, median, python, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from checks.config import Config

CHANGED = 10
OTHER_RULES = [rule.name for rule in rules() if rule.name != "forbidden-import"]
HEADING = f"{'work':<34} {'wall s':>8} {'CPU s':>8}   {'against':<24} {'x wall':>7} {'x CPU':>7}"
LINE = "{name:<34} {wall:>8.2f} {cpu:>8.2f}   {against:<24} {ratio:>7.2f} {work:>7.2f}   {goal}"

RUFF, COLD, BANS = "ruff", "census, cold", "census, cold, bans only"
FLOOR, READ = "floor: compile() alone", "floor: git cat-file alone"
BANS_FILE = "bans.yml"
NEXT, CHECK, PASS, CHECKOUT = "census, next commit", "check", "python -c pass", "checkout"
# How fast this Python can tell that files compile, which the rule `syntax-error` has to ask.
COMPILE = """
import sys
from pathlib import Path
from bot.git import bulk
from bot.git.clone import Clone
clone = Clone.at(Path(sys.argv[1]))
oids = sorted(set(clone.objects.modules(sys.argv[2]).values()))
for start in range(0, len(oids), 128):
    bulk.refused(clone.objects, oids[start : start + 128])
"""
# How fast git unpacks every Python file once: a cold census cannot do without.
UNPACK = """
import subprocess, sys
from pathlib import Path
from bot.git.clone import Clone
clone = Clone.at(Path(sys.argv[1]))
oids = sorted(set(clone.objects.modules(sys.argv[2]).values()))
command = ["git", f"--git-dir={clone.git_dir}", "cat-file", "--batch", "--buffer"]
subprocess.run(command, input=chr(10).join(oids), text=True, stdout=subprocess.DEVNULL, check=True)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    run: Run
    against: str
    other: Run
    goal: str = ""


def main() -> None:
    """Print the table of what was measured, and its goals."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(_measure(arguments, Path(folder)))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, median of {arguments.rounds}")
    print(HEADING)
    for row in rows:
        ratio, work = row.run.wall / row.other.wall, row.run.cpu / row.other.cpu
        print(
            LINE.format(
                name=row.name,
                wall=row.run.wall,
                cpu=row.run.cpu,
                against=row.against,
                ratio=ratio,
                work=work,
                goal=row.goal and f"goal {row.goal}",
            )
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, required=True, help="a clone")
    parser.add_argument("--checkout", type=Path, required=True, help="REV, checked out")
    parser.add_argument("--rev", required=True, help="its commit")
    parser.add_argument("--config", type=Path, required=True, help="the config to count by")
    parser.add_argument("--since", help="measure the history from this day, too")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _measure(arguments: argparse.Namespace, folder: Path) -> Iterator[Row]:
    steps = _steps(arguments, folder)
    runs: dict[str, list[Run]] = {name: [] for name in steps}
    for _ in range(arguments.rounds):
        for name, step in steps.items():
            runs[name].append(step())
    told = {name: median(each) for name, each in runs.items()}
    yield Row(RUFF, told[RUFF], RUFF, told[RUFF])
    yield Row(BANS, told[BANS], RUFF, told[RUFF], "0.80 x wall")
    yield Row(COLD, told[COLD], RUFF, told[RUFF])
    yield Row(FLOOR, told[FLOOR], RUFF, told[RUFF])
    yield Row(READ, told[READ], RUFF, told[RUFF])
    yield Row(NEXT, told[NEXT], RUFF, told[RUFF], "0.10 x wall")
    yield Row(f"{CHECK} of {CHANGED} files", told[CHECK], PASS, told[PASS], "0.50 s wall")
    if arguments.since:
        bans, whole = folder / BANS_FILE, arguments.config
        for what, config in (("history, bans only", bans), ("history", whole)):
            points, history = _history(arguments, folder, config)
            other = (told[CHECKOUT] + told[RUFF]) * points
            against = f"{points} x (checkout, ruff)"
            goal = "0.10 x wall" if config == bans else ""
            yield Row(what, history, against, other, goal)
            again = _history(arguments, folder, config)[1]
            yield Row(f"{what}, once more", again, against, other)


def _steps(arguments: argparse.Namespace, folder: Path) -> Mapping[str, Callable[[], Run]]:
    """Name what takes turns; the next commit is counted with what the cold census left."""
    bans = folder / "ruff.toml"
    bans.write_text(_bans(parse(arguments.config.read_bytes())))
    only_bans = folder / BANS_FILE
    only_bans.write_text(_without(arguments.config.read_text()))
    clone, rev, following = _with_one_more(arguments.repo, arguments.rev, folder / "clone.git")
    data = folder / "data"

    def scan(commit: str, config: Path) -> Run:
        flags = ("--repo", str(clone), "--config", str(config), "--rev", commit)
        return python("-m", "bot", "scan", *flags, data=data)

    def cold(config: Path) -> Run:
        shutil.rmtree(data, ignore_errors=True)
        return scan(rev, config)

    ends = ("--base", rev, "--head", following, "--config", str(arguments.config))
    return {
        RUFF: lambda: _ruff(bans, arguments.checkout),
        BANS: lambda: cold(only_bans),
        COLD: lambda: cold(arguments.config),
        NEXT: lambda: scan(following, arguments.config),
        FLOOR: lambda: python("-c", COMPILE, str(clone), rev),
        READ: lambda: python("-c", UNPACK, str(clone), rev),
        CHECK: lambda: python("-m", "bot", "check", "--repo", str(clone), *ends),
        PASS: lambda: python("-c", "pass"),
        CHECKOUT: lambda: _checkout(clone, rev, folder / "tree") if arguments.since else Run(0, 0),
    }


def _bans(config: Config) -> str:
    modules = [d.module for concept in config.concepts for d in concept.deprecated]
    tables = (f'[lint.flake8-tidy-imports.banned-api."{m}"]\nmsg = "x"\n' for m in modules)
    return '[lint]\nselect = ["TID251"]\n' + "".join(tables)


def _without(config: str) -> str:
    """Switch off what ruff's bans do not look for, whatever the config says of it."""
    document = yaml.safe_load(config)
    document["rules"] = document.get("rules", {}) | dict.fromkeys(OTHER_RULES, "off")
    return yaml.safe_dump(document)


def _ruff(bans: Path, checkout: Path) -> Run:
    return python("-m", "ruff", "check", "--no-cache", "--config", str(bans), str(checkout))


def _checkout(clone: Path, rev: str, folder: Path) -> Run:
    """Check out the Python files, as ruff needs them for a point of a history."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    command = ["git", f"--git-dir={clone}", f"--work-tree={folder}", "checkout", "-q", rev]
    return timed([*command, "--", "*.py"], {"GIT_INDEX_FILE": str(folder / "index")})


def _with_one_more(repo: Path, rev: str, clone: Path) -> tuple[Path, str, str]:
    """Make a clone that borrows all objects, and a commit after `rev` that changes ten files."""
    git(repo, "clone", "--quiet", "--bare", "--shared", ".", str(clone))
    commit = git(repo, "rev-parse", f"{rev}^{{commit}}")
    git(clone, "read-tree", commit)
    files = [
        file for file in git(clone, "ls-files", "--stage").splitlines() if file.endswith(".py")
    ]
    for line in files[:: len(files) // CHANGED][:CHANGED]:
        meta, _, path = line.partition("\t")
        mode, oid, _ = meta.split(" ")
        content = f"{git(clone, 'cat-file', 'blob', oid)}\n# one more line\n"
        changed = git(clone, "hash-object", "-w", "--stdin", stdin=content)
        git(clone, "update-index", "--cacheinfo", f"{mode},{changed},{path}")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    tree = git(clone, "write-tree", "--missing-ok")
    following = git(clone, *identity, "commit-tree", tree, "-p", commit, "-m", "one more")
    return clone, commit, following


def _history(arguments: argparse.Namespace, folder: Path, config: Path) -> tuple[int, Run]:
    """Measure a history, at first from an empty cache; tell of how many points it is."""
    flags = ("--repo", str(arguments.repo), "--config", str(config))
    days = ("--rev", arguments.rev, "--since", arguments.since)
    output = folder / "history.txt"
    data = folder / f"history of {config.name}"
    run = python("-m", "bot", "history", *flags, *days, data=data, output=output)
    return len(output.read_text().splitlines()) - 1, run


if __name__ == "__main__":
    main()
