"""Send signed deliveries as fast as they are answered: `python -m tests.benchmarks.sending URL`.

A process of its own, so that it takes nothing from the server that it measures. It speaks just
enough HTTP to be faster than any server: what it waits for is the server alone.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import re
import statistics
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.bot import payloads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECRET = "a secret of the benchmark"
PAYLOAD_BYTES = 25_000
CONNECTIONS = 16
# So many pull requests get deliveries in turn: some have a job that waits, others get one.
PULLS = 400
REPOSITORY_LINKS = (
    *("archive_url", "assignees_url", "blobs_url", "branches_url", "collaborators_url"),
    *("comments_url", "commits_url", "compare_url", "contents_url", "contributors_url"),
    *("deployments_url", "downloads_url", "events_url", "forks_url", "git_commits_url"),
    *("git_refs_url", "git_tags_url", "hooks_url", "issue_comment_url", "issue_events_url"),
    *("issues_url", "keys_url", "labels_url", "languages_url", "merges_url", "milestones_url"),
    *("notifications_url", "pulls_url", "releases_url", "stargazers_url", "statuses_url"),
    *("subscribers_url", "subscription_url", "tags_url", "teams_url", "trees_url", "url"),
)

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
CHUNKED_END = b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast deliveries were acknowledged: per second, and after how many milliseconds."""

    rate: float
    p50: float
    p99: float


def main() -> None:
    """Send, and print the speed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--count", type=int, default=2000)
    arguments = parser.parse_args()
    print(json.dumps(asdict(asyncio.run(send(arguments.url, arguments.count)))))


async def send(url: str, count: int) -> Speed:
    """Send so many deliveries over 16 connections; raise for an answer that is no success."""
    requests = iter(list(itertools.islice(_requests(url), count)))
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        senders = [group.create_task(_send(url, requests)) for _ in range(CONNECTIONS)]
    elapsed = time.perf_counter() - started
    return _speed([took for sender in senders for took in sender.result()], elapsed)


def payload(number: int) -> bytes:
    """Build a `pull_request` delivery with the links and the length of GitHub's own."""
    found = payloads.pull_request("synchronize", before="c" * 40)
    pull = found["pull_request"]
    found["number"] = pull["number"] = number
    for place in (found["repository"], pull["head"]["repo"], pull["base"]["repo"]):
        place.update(_links(place["id"]))
    pull["body"] = ""
    missing = PAYLOAD_BYTES - len(json.dumps(found))
    pull["body"] = ("All imports of `shop.legacy` go. " * (missing // 33 + 1))[:missing]
    return json.dumps(found).encode()


def _links(repository: int) -> dict[str, Any]:
    base = f"https://api.github.com/repos/acme/engine-{repository}"
    return {name: f"{base}/{name.removesuffix('_url')}{{/sha}}" for name in REPOSITORY_LINKS}


def _requests(url: str) -> Iterator[bytes]:
    """Make requests without end; what differs between them is who is meant, and their GUID."""
    place = urlsplit(url)
    signed = [(body, _signature(body)) for body in map(payload, range(1, PULLS + 1))]
    for body, signature in itertools.cycle(signed):
        head = (
            f"POST {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "User-Agent: GitHub-Hookshot/0000000\r\nX-GitHub-Event: pull_request\r\n"
            f"X-GitHub-Delivery: {uuid.uuid4()}\r\nX-Hub-Signature-256: sha256={signature}\r\n\r\n"
        )
        yield head.encode() + body


def _signature(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def _send(url: str, requests: Iterator[bytes]) -> list[float]:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    took = []
    try:
        for request in requests:
            started = time.perf_counter()
            writer.write(request)
            await _answer(reader)
            took.append(time.perf_counter() - started)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return took


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end; raise when it says anything but success."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    body = await (reader.readexactly(int(length[1])) if length else reader.readuntil(CHUNKED_END))
    status = STATUS.match(head)
    if status is None or not status[1].startswith(b"2"):
        raise ValueError(head + body)


def _speed(took: Sequence[float], elapsed: float) -> Speed:
    hundredths = statistics.quantiles(took, n=100, method="inclusive")
    return Speed(len(took) / elapsed, hundredths[49] * 1000, hundredths[98] * 1000)


if __name__ == "__main__":
    main()
