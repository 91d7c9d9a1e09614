"""Measure how much work a review is, and how many a process does.

A local GitHub in a process of its own is kept busy with pull requests of a few changed files and
one finding each; `ssot serve` and `ssot work` are the real ones, with their pace of one write a
second for each installation. Processor seconds can be compared among machines, the rest only with
itself.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.caches import entries
from bot.settings import from_environment
from tests.benchmarks.capacity.databases import Written, own_database
from tests.benchmarks.capacity.processes import Cpu, Service, service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

QUIET = 20
STAGES = {
    "capture": "ssot_stage_seconds_{} capture",
    "examine": "ssot_stage_seconds_{} examine",
    "review": "ssot_job_seconds_{} review/done",
    "census": "ssot_job_seconds_{} census/done",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured on."""

    github: subprocess.Popen[str]
    services: Sequence[Service]
    database: str | None

    def cpu(self) -> Cpu:
        return sum((each.cpu() for each in self.services), Cpu())

    def metrics(self) -> Mapping[str, float]:
        """Sum up what all processes tell."""
        told: dict[str, float] = {}
        for each in self.services:
            for name, value in each.metrics().items():
                told[name] = told.get(name, 0.0) + value
        return told

    def written(self) -> Written:
        """Tell what the database has done so far."""
        return Written.to(self.database) if self.database else Written()

    def rest(self) -> None:
        """Wait until nothing runs or could run."""
        while True:
            told = self.services[0].metrics()
            if not (told["ssot_queue_jobs running"] or told["ssot_queue_oldest_waiting_seconds "]):
                return
            time.sleep(0.5)


def main() -> None:
    """Set everything up, measure one kind of work after the other, print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        github, environment = _github(stack, folder / "github", arguments)
        database = (
            stack.enter_context(own_database(arguments.database)) if arguments.database else None
        )
        if database:
            environment["DATABASE_URL"] = database
        services = [
            stack.enter_context(
                service("work" if number else "serve", environment, *("--port", "0"), log=log)
            )
            for number in range(arguments.processes)
            for log in [folder / f"{number}.log"]
        ]
        setting = Setting(github, services, database)
        setting.rest()
        _order(github, f"{services[0].url}/webhook", answer=False)
        print(f"{arguments.processes} processes, {arguments.repositories} repositories")
        _measure(setting, "first of each repository", f"open {arguments.repositories}")
        _measure(setting, "opened", f"open {arguments.reviews // 2}")
        _measure(setting, "pushed to", f"push {arguments.reviews // 2}")
        _measure(setting, "pushed to, one by one", f"push one by one {QUIET}")
        _print_standing(setting, environment)
        _order(github, "", answer=False)


def _measure(setting: Setting, name: str, order: str) -> None:
    cpu, metrics, written = setting.cpu(), setting.metrics(), setting.written()
    told = _order(setting.github, order)
    setting.rest()
    used = setting.cpu() - cpu
    count = told["reviews"]
    after = setting.metrics()
    print(f"\n{name}: {count} reviews, {60 * count / told['seconds']:.0f} a minute")
    _print_latency("until in progress", told["begun"])
    _print_latency("until the verdict", told["judged"])
    per = {"process": used.own, "git": used.git, "readers": used.readers, "all": used.total}
    print("  CPU s a review   " + "  ".join(f"{k} {v / count:.3f}" for k, v in per.items()))
    print("  wall s           " + "  ".join(_stages(metrics, after)))
    print(
        f"  requests a review  API {told['requests'] / count:.1f}"
        f" (GraphQL {told['graphql'] / count:.1f}, writes {told['writes'] / count:.1f})"
        f"  tokens {told['tokens'] / count:.1f}"
        f"  git {told['git'] / count:.1f} ({told['git_bytes'] / count / 1024:.0f} KiB)"
    )
    if setting.database:
        done = setting.written() - written
        print(
            f"  database a review  {done.transactions / count:.0f} transactions"
            f"  {done.rows / count:.0f} rows written  {done.size_bytes / count / 1024:.1f} KiB more"
        )


def _stages(before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[str]:
    for name, metric in STAGES.items():
        runs, seconds = (
            after.get(metric.format(part), 0.0) - before.get(metric.format(part), 0.0)
            for part in ("count", "sum")
        )
        if runs:
            yield f"{name} {seconds / runs:.2f} ({runs:.0f})"


def _print_latency(name: str, seconds: Sequence[float]) -> None:
    if seconds:
        middle, late = (seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.95))
        print(f"  {name}  p50 {middle:.2f} s  p95 {late:.2f} s")


def _print_standing(setting: Setting, environment: Mapping[str, str]) -> None:
    print()
    for each in setting.services:
        own, readers = each.memory_bytes()
        print(f"memory  process {own >> 20} MiB, its readers {readers >> 20} MiB")
    sizes: dict[str, list[int]] = {}
    for held in entries(from_environment(environment)):
        sizes.setdefault(held.kind, []).append(held.size_bytes)
    for kind, found in sorted(sizes.items()):
        print(f"disk  {kind}: {sum(found) / len(found) / 1024:.0f} KiB each, {len(found)} of them")


def _github(
    stack: ExitStack, folder: Path, arguments: argparse.Namespace
) -> tuple[subprocess.Popen[str], dict[str, str]]:
    folder.mkdir()
    numbers = (
        arguments.repositories,
        arguments.installations,
        arguments.files,
        arguments.changed,
    )
    process = stack.enter_context(
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.capacity.github", folder, *map(str, numbers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )
    stack.callback(process.terminate)
    return process, _answer(process)["environment"]


def _order(github: subprocess.Popen[str], line: str, *, answer: bool = True) -> dict[str, Any]:
    assert github.stdin is not None
    github.stdin.write(f"{line}\n")
    github.stdin.flush()
    return _answer(github) if answer else {}


def _answer(github: subprocess.Popen[str]) -> dict[str, Any]:
    assert github.stdout is not None
    answer: dict[str, Any] = json.loads(github.stdout.readline())
    return answer


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=100, help="half opened, half pushed to")
    parser.add_argument("--processes", type=int, default=1, help="the first serves, others work")
    parser.add_argument("--database", metavar="URL", help="of PostgreSQL; else SQLite")
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--installations", type=int, default=20)
    parser.add_argument("--files", type=int, default=200, help="in each repository")
    parser.add_argument("--changed", type=int, default=10, help="files in each pull request")
    arguments = parser.parse_args()
    if arguments.processes > 1 and not arguments.database:
        parser.error("more than one process needs --database")
    return arguments


if __name__ == "__main__":
    main()
