"""`GET /metrics` for Prometheus: what was measured, and the queue as it is right now.

No label names a repository, a person or anything else that a stranger may choose.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aiohttp import web
from cachetools import TTLCache
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.domain.jobs import JobKind
    from bot.domain.meter import (
        Cache,
        DeliveryOutcome,
        FetchOutcome,
        JobOutcome,
        Kept,
        Parting,
        Stage,
    )
    from bot.webhook import Health, Load

DELIVERIES = "Deliveries, by event (other: nothing here listens to it) and what became of them."
JOB_SECONDS = "Seconds that runs of jobs took, by kind and how they ended."
FINDINGS = "New findings, counted each time that their change is examined, by rule."
STAGE_SECONDS = (
    "Seconds that stages of a review took: capture (git tells what changed), examine (contents)."
)
REQUEST_SECONDS = "Seconds that requests to GitHub's API took, by status (0: no answer came)."
FETCH_SECONDS = "Seconds that fetches from git servers took, by how they ended."
FETCH_BYTES = "Bytes that fetches from git servers brought, by how they ended."
LOOKUPS = "Lookups in caches, by cache and result (hit, miss)."
READY = "1 while the store answers and the worker lives, as /readyz says."
QUEUE = "Jobs in the queue, by state; missing while the store does not answer."
OLDEST = "Seconds for which the first of the jobs that may run has waited."
DISK = "Bytes that caches take on disk, by kind, as the last round found them."
DISK_MOST = "Bytes that caches may take on disk: with more, what was used longest ago goes."
DROPPED = "What caches let go, by kind and why (idle, or room was needed)."
QUOTA = "Requests that GitHub still answers an installation in this hour, by resource."

# From an answer that is known by heart to the time limit of a job.
SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
# GitHub's windows last an hour: an older number says nothing.
QUOTA_SECONDS = 3600.0
QUOTAS = 20_000


class Metrics:
    """Fulfils `bot.domain.meter.Meter`, in a registry of its own.

    `quota` and `render` belong to the event loop, the rest to any thread.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._deliveries = self._counter("ssot_deliveries", DELIVERIES, "event", "outcome")
        self._job_seconds = self._histogram("ssot_job_seconds", JOB_SECONDS, "kind", "outcome")
        self._stage_seconds = self._histogram("ssot_stage_seconds", STAGE_SECONDS, "stage")
        self._findings = self._counter("ssot_findings", FINDINGS, "rule")
        self._request_seconds = self._histogram(
            "ssot_api_request_seconds", REQUEST_SECONDS, "status"
        )
        self._fetch_seconds = self._histogram("ssot_git_fetch_seconds", FETCH_SECONDS, "outcome")
        self._fetch_bytes = self._counter("ssot_git_fetch_bytes", FETCH_BYTES, "outcome")
        self._dropped = self._counter("ssot_disk_dropped", DROPPED, "kind", "why")
        self._lookups = self._counter("ssot_cache_lookups", LOOKUPS, "cache", "result")
        self._now = _Now(clock)
        self._registry.register(self._now)

    def delivery(self, event: str, outcome: DeliveryOutcome) -> None:
        """Count a delivery."""
        self._deliveries.labels(event, outcome).inc()

    def job(self, kind: JobKind, outcome: JobOutcome, *, seconds: float) -> None:
        """Count a run of a job and its time."""
        self._job_seconds.labels(kind, outcome).observe(seconds)

    def finding(self, rule: str) -> None:
        """Count a new finding."""
        self._findings.labels(rule).inc()

    def stage(self, stage: Stage, *, seconds: float) -> None:
        """Note how long a stage of an examination took."""
        self._stage_seconds.labels(stage).observe(seconds)

    def request(self, status: int, *, seconds: float) -> None:
        """Count an API request and its time by the status of its answer, 0 for none."""
        self._request_seconds.labels(str(status)).observe(seconds)

    def quota(self, installation_id: int, resource: str, *, remaining: int) -> None:
        """Note how many requests GitHub still answers an installation in this hour."""
        self._now.quotas[installation_id, resource] = remaining

    def fetch(self, outcome: FetchOutcome, *, seconds: float, size_bytes: int) -> None:
        """Count a fetch from a git server, its time, and what it brought."""
        self._fetch_seconds.labels(outcome).observe(seconds)
        self._fetch_bytes.labels(outcome).inc(size_bytes)

    def lookups(self, cache: Cache, *, hits: int, misses: int) -> None:
        """Count what was found in a cache, and what was not."""
        self._lookups.labels(cache, "hit").inc(hits)
        self._lookups.labels(cache, "miss").inc(misses)

    def held(self, sizes: Mapping[Kept, int], *, most_bytes: int) -> None:
        """Note how many bytes are kept on disk, and how many may be."""
        self._now.disk = dict(sizes), most_bytes

    def dropped(self, kept: Kept, why: Parting) -> None:
        """Count something kept that was let go."""
        self._dropped.labels(kept, why).inc()

    def quotas(self) -> Mapping[tuple[int, str], int]:
        """Return how many requests are left, by installation and resource."""
        return dict(self._now.quotas)

    def render(self, load: Load | None) -> bytes:
        """Write everything in Prometheus's text format; `load` is None when nobody knows it."""
        self._now.load = load
        return generate_latest(self._registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, *labels: str) -> Histogram:
        return Histogram(name, text, labels, buckets=SECONDS, registry=self._registry)


def add_route(app: web.Application, *, metrics: Metrics, health: Health | None) -> None:
    """Add `GET /metrics`; without a configured App there is no queue to tell of."""

    async def answer(_request: web.Request) -> web.Response:
        load = await health.load() if health else None
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=metrics.render(load), headers=headers)

    app.router.add_get("/metrics", answer)


class _Now(Collector):
    """What is a state, not a count: asked for at each scrape, and never told when it is old."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.load: Load | None = None
        self.disk: tuple[Mapping[Kept, int], int | None] = {}, None
        self.quotas: TTLCache[tuple[int, str], int] = TTLCache(QUOTAS, QUOTA_SECONDS, timer=clock)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges; of a store that does not answer only that it does not."""
        load = self.load
        yield GaugeMetricFamily("ssot_ready", READY, value=float(bool(load and load.is_ready)))
        queue = GaugeMetricFamily("ssot_queue_jobs", QUEUE, labels=["state"])
        oldest = GaugeMetricFamily("ssot_queue_oldest_waiting_seconds", OLDEST)
        if load and load.counts is not None:
            for state, count in sorted(load.counts.items()):
                queue.add_metric([state], count)
            oldest.add_metric([], load.oldest_waiting_seconds)
        yield queue
        yield oldest
        quota = GaugeMetricFamily(
            "ssot_api_quota_remaining", QUOTA, labels=["installation", "resource"]
        )
        for (installation_id, resource), remaining in sorted(self.quotas.items()):
            quota.add_metric([str(installation_id), resource], remaining)
        yield quota
        yield from _disk(*self.disk)


def _disk(sizes: Mapping[Kept, int], most_bytes: int | None) -> Iterator[GaugeMetricFamily]:
    held = GaugeMetricFamily("ssot_disk_bytes", DISK, labels=["kind"])
    for kind, size_bytes in sorted(sizes.items()):
        held.add_metric([kind], size_bytes)
    yield held
    yield GaugeMetricFamily("ssot_disk_most_bytes", DISK_MOST, value=most_bytes)
