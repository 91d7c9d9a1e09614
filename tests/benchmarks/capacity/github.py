"""The local GitHub in a process of its own, and the people who keep it busy.

Told by lines of JSON on the standard input, answers by lines on the standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.sandbox.github.front import RequestRecord
    from bot.sandbox.github.records import Pull, Repository

POLICY = """\
version: 1
concepts:
  engine:
    canonical: ["shop.engine:Engine"]
    definitions: {classes: ["*Engine"]}
    deprecated:
      shop.legacy.engine: {use: shop.engine, names: {OldEngine: Engine}}
"""
PACKAGE = {
    ".github/ssot.yml": POLICY,
    "shop/__init__.py": "",
    "shop/engine.py": "class Engine:\n    pass\n",
    "shop/legacy/__init__.py": "",
    "shop/legacy/engine.py": "class OldEngine:\n    pass\n",
}
FINDING = "from shop.legacy.engine import OldEngine\n"
FUNCTION = '''

def step_{number}(order, *, price=None, tax=0.2):
    """Take one step."""
    total = (price or order.price) * (1 + tax)
    if total > {number}:
        order.note("step {number}", total=total)
    return [each for each in order.lines if each.price > total]
'''
FUNCTIONS = 20
# Numbers that no file of the default branch has.
UNSEEN = 1_000_000
PATIENCE_SECONDS = 3600.0
CREATE = "POST /repos/{owner}/{repo}/check-runs"
UNCOUNTED = ("POST /app/", "GET /app")


@dataclass
class Times:
    """When each head was pushed, taken up and judged."""

    sent: dict[str, float] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    judged: dict[str, float] = field(default_factory=dict)

    def of(self, ends: dict[str, float], heads: Iterable[str]) -> list[float]:
        return sorted(ends[head] - self.sent[head] for head in heads if head in ends)


class Town:
    """Repositories, their people, and a clock at the door of the API."""

    def __init__(
        self, github: LocalGitHub, repositories: Sequence[Repository], *, changed: int
    ) -> None:
        self._github = github
        self._repositories = repositories
        self._changed = changed
        self._times = Times()
        self._pulls: list[tuple[Repository, Pull]] = []
        self._number = 0
        github.front.after_write = self._note

    async def open(self, count: int) -> list[str]:
        """Open pull requests, as fast as they are acknowledged."""
        return [await self._open() for _ in range(count)]

    async def push(self, count: int) -> list[str]:
        """Push to the pull requests that were opened last."""
        return [await self._push(*self._pulls[-1 - number]) for number in range(count)]

    async def push_one_by_one(self, count: int) -> list[str]:
        """Push when the last push was judged, so that nothing waits in the queue."""
        heads = []
        for number in range(count):
            heads.append(await self._push(*self._pulls[number % len(self._pulls)]))
            await self.judged(heads)
        return heads

    async def judged(self, heads: Sequence[str]) -> None:
        """Wait until all heads have a verdict."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(head in self._times.judged for head in heads):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def measured(self, work: Awaitable[list[str]]) -> dict[str, Any]:
        """Do something, wait for its verdicts, and say what that took."""
        github = self._github
        github.requests.clear()
        github.git_requests.clear()
        started = time.time()
        heads = await work
        await self.judged(heads)
        asked = [r for r in github.requests if not r.operation.startswith(UNCOUNTED)]
        return {
            "reviews": len(heads),
            "seconds": time.time() - started,
            "begun": self._times.of(self._times.begun, heads),
            "judged": self._times.of(self._times.judged, heads),
            "requests": len(asked),
            "graphql": sum(record.path.startswith("/graphql") for record in asked),
            "writes": sum(record.is_write for record in asked),
            "tokens": sum("access_tokens" in record.path for record in github.requests),
            "git": len(github.git_requests),
            "git_bytes": sum(record.sent_bytes for record in github.git_requests),
        }

    async def _open(self) -> str:
        self._number += 1
        branch = f"change-{self._number}"
        repository = self._repositories[self._number % len(self._repositories)]
        head = self._github.people.commit(repository, branch, self._change(self._number))
        self._times.sent[head] = time.time()
        pull = await self._github.people.open_pull(repository, Opening(branch))
        self._pulls.append((repository, pull))
        return head

    async def _push(self, repository: Repository, pull: Pull) -> str:
        self._number += 1
        people = self._github.people
        git = self._github.state.git(repository.id)
        before = git.branch(pull.head_ref)
        head = people.commit(repository, pull.head_ref, self._change(self._number))
        self._times.sent[head] = time.time()
        await people.announce_push(repository, pull.head_ref, before=before, after=head)
        return head

    def _change(self, number: int) -> dict[str, str | bytes | None]:
        """Change files that nobody changed like that before, and add one with a finding."""
        first = UNSEEN + number * self._changed
        files = {f"shop/part_{place}.py": _module(first + place) for place in range(self._changed)}
        return {**files, f"shop/new_{number}.py": FINDING}

    async def _note(self, record: RequestRecord) -> None:
        if "/check-runs" not in record.path:
            return
        now, told = time.time(), json.loads(record.body)
        if record.operation == CREATE:
            head = told["head_sha"]
        else:
            head = self._github.state.check_runs[int(record.path.rpartition("/")[2])].head_sha
        self._times.begun.setdefault(head, now)
        if told.get("conclusion") not in {None, "cancelled"}:
            self._times.judged.setdefault(head, now)


def _module(number: int) -> str:
    steps = (FUNCTION.format(number=number * FUNCTIONS + step) for step in range(FUNCTIONS))
    return "from shop.engine import Engine\n" + "".join(steps)


async def _serve(
    folder: Path, repositories: int, installations: int, files: int, changed: int
) -> None:
    content = {**PACKAGE, **{f"shop/part_{n}.py": _module(n) for n in range(files)}}
    async with LocalGitHub(folder) as github:
        github.front.quota = 10**9
        made = [
            github.create_repository(f"owner-{number % installations}/shop-{number}", content)
            for number in range(repositories)
        ]
        town = Town(github, made, changed=changed)
        _say({"environment": dict(service_environment(github, folder / "data"))})
        github.webhooks.url = await _heard()
        works: dict[str, Callable[[int], Awaitable[list[str]]]] = {
            "open": town.open,
            "push": town.push,
            "push one by one": town.push_one_by_one,
        }
        while order := await _heard():
            work, _, count = order.rpartition(" ")
            _say(await town.measured(works[work](int(count))))


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


async def _heard() -> str:
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.strip()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), *map(int, sys.argv[2:])))
