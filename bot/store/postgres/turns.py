"""Whose turn it is, and what becomes of a job that had it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.domain.jobs import JobKind
from bot.domain.retry import GiveUp, HoldInstallation, RunAnew, RunLater
from bot.store import codec
from bot.store.attempt import UNREADABLE, Claimed
from bot.store.intake import Pending
from bot.store.postgres import intake

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import AsyncConnection

    from bot.domain.jobs import Job
    from bot.domain.retry import Sequel

# Installations take turns (the one served longest ago goes first); inside one, the higher priority
# goes first, then the older job. A worker process gives an installation a share of its own places.
# Kinds that only a newer release knows are left to it.
_NEXT = """
select next.id, next.job, next.installation, next.attempts
from ssot_installation as installation cross join lateral (
    select waiting.id, args ->> 'job' as job, ssot_job.installation, ssot_job.attempts
    from procrastinate_jobs as waiting join ssot_job on ssot_job.id = waiting.id
    where waiting.queue_name = installation.id::text and waiting.status = 'todo'
    and ssot_job.run_at <= %(now)s and ssot_job.kind = any(%(kinds)s)
    and not exists (
        select from procrastinate_jobs as other
        where other.lock = waiting.lock and other.status = 'doing'
    )
    order by waiting.priority desc, waiting.id limit 1
) as next
where installation.queued and installation.not_before <= %(now)s and (
    select count(*) from procrastinate_jobs as running
    where running.worker_id = %(worker)s and running.status = 'doing'
    and running.queue_name = installation.id::text
) < %(share)s
order by installation.served, installation.id limit 1
"""
_SERVED = """
update ssot_installation set
    served = (select max(served) + 1 from ssot_installation),
    queued = exists (
        select from procrastinate_jobs where queue_name = %(name)s and status = 'todo'
    )
where id = %(id)s
"""
# A worker that was pruned took the number of its jobs with it. Those of a living worker that it
# does not hold are left of a change whose commit it never heard of.
_STALLED = """
select job.id, job.args ->> 'job', ssot_job.run_at
from procrastinate_jobs as job
join ssot_job on ssot_job.id = job.id
left join procrastinate_workers as worker on worker.id = job.worker_id
where job.status = 'doing' and (
    worker.id is null
    or worker.last_heartbeat < now() - make_interval(secs => %(seconds)s)
    or worker.id = %(worker)s and job.id <> all(%(held)s::bigint[])
)
"""
# What only a newer release can read waits for it; what came meanwhile is newer still.
_SET_FREE = """
update procrastinate_jobs set status = 'todo', worker_id = null, abort_requested = false
where id = %s
"""
_DROP_OLDER = """
delete from procrastinate_jobs as job using procrastinate_jobs as newer
where job.id = %s and newer.queueing_lock = job.queueing_lock and newer.status in ('todo', 'failed')
"""
_PRUNE = (
    "delete from procrastinate_workers where last_heartbeat < now() - make_interval(secs => %s)"
)


async def claim(
    connection: AsyncConnection, *, worker: int, now: float, share: int
) -> Claimed | None:
    """Mark the next job as running, at most `share` of one installation in this worker."""
    while (row := await _next(connection, worker=worker, now=now, share=share)) is not None:
        job_id, text, installation, attempts = row
        job = await _decoded(connection, job_id, text, now=now)
        if job is None:
            continue
        await connection.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s",
            (worker, job_id),
        )
        await connection.execute(_SERVED, {"id": installation, "name": str(installation)})
        return Claimed(job_id, job, attempts + 1)
    return None


async def is_any(connection: AsyncConnection, *, worker: int, now: float, share: int) -> bool:
    """Tell whether `claim` would find a job, without holding up anybody."""
    return await _next(connection, worker=worker, now=now, share=share) is not None


async def is_held(connection: AsyncConnection, job_id: int, worker: int) -> bool:
    """Tell whether a job still runs in this worker: another one may have been given it."""
    rows = await connection.execute(
        "select from procrastinate_jobs where id = %s and worker_id = %s and status = 'doing'",
        (job_id, worker),
    )
    return await rows.fetchone() is not None


async def complete(connection: AsyncConnection, claimed: Claimed, *, now: float) -> None:
    """Keep a job that succeeded, so that its deliveries stay known."""
    await _end(connection, claimed.id, "succeeded", error="", now=now)


async def follow(
    connection: AsyncConnection, claimed: Claimed, sequel: Sequel, *, error: str, now: float
) -> None:
    """Do what was decided about a job that ended with an error."""
    match sequel:
        case RunLater(delay):
            newer = await intake.pending(connection, claimed.job)
            await _set_attempts(connection, claimed.id, claimed.attempt, error)
            await _wait_again(connection, claimed.id, claimed.job, run_at=now + delay)
            # One that was set for later brings nothing new that would deserve all attempts.
            if newer is not None and newer.run_at > now:
                await _set_attempts(connection, newer.id, claimed.attempt, error)
        case RunAnew(head_sha):
            job = dataclasses.replace(claimed.job, head_sha=head_sha)
            await _wait_again(connection, claimed.id, job, run_at=now)
        case HoldInstallation(not_before):
            await _hold(connection, claimed.job.installation_id, not_before)
            await _set_attempts(connection, claimed.id, claimed.attempt - 1, error)
            await _wait_again(connection, claimed.id, claimed.job, run_at=now)
        case GiveUp():
            await _set_attempts(connection, claimed.id, claimed.attempt, error)
            await _give_up(connection, claimed, error=error, now=now)


async def give_back(connection: AsyncConnection, claimed: Claimed) -> None:
    """Let a job that did not end wait again; no attempt counts."""
    rows = await connection.execute("select run_at from ssot_job where id = %s", (claimed.id,))
    ((run_at,),) = await rows.fetchall()
    await _wait_again(connection, claimed.id, claimed.job, run_at=run_at)


async def reap(
    connection: AsyncConnection,
    *,
    worker: int | None,
    held: Collection[int],
    seconds: float,
) -> int:
    """Let jobs wait again that nobody runs any more, and forget dead workers; count the jobs."""
    found = {"worker": worker, "held": list(held), "seconds": seconds}
    rows = await (await connection.execute(_STALLED, found)).fetchall()
    for job_id, text, run_at in rows:
        try:
            job = codec.decode(text)
        except (ValueError, KeyError, TypeError):
            await connection.execute(_DROP_OLDER, (job_id,))
            await connection.execute(_SET_FREE, (job_id,))
        else:
            await _wait_again(connection, job_id, job, run_at=run_at)
    await connection.execute(_PRUNE, (seconds,))
    await intake.wake(connection)
    return len(rows)


async def _next(
    connection: AsyncConnection, *, worker: int, now: float, share: int
) -> tuple[int, str, int, int] | None:
    given = {"worker": worker, "now": now, "share": share, "kinds": [str(kind) for kind in JobKind]}
    row: tuple[int, str, int, int] | None = await (
        await connection.execute(_NEXT, given)
    ).fetchone()
    return row


async def _decoded(
    connection: AsyncConnection, job_id: int, text: str, *, now: float
) -> Job | None:
    """Read a stored job; one that cannot be read becomes failed."""
    try:
        return codec.decode(text)
    except (ValueError, KeyError, TypeError) as error:
        await _end(connection, job_id, "failed", error=UNREADABLE.format(error=error), now=now)
        return None


async def _wait_again(connection: AsyncConnection, job_id: int, job: Job, *, run_at: float) -> None:
    newer = await intake.pending(connection, job)
    if newer is not None:
        await _yield_to(connection, newer, job_id, job, run_at=run_at)
        return
    await intake.write(connection, job_id, job)
    await connection.execute("update ssot_job set run_at = %s where id = %s", (run_at, job_id))
    await intake.queue_installation(connection, job.installation_id)


async def _give_up(
    connection: AsyncConnection, claimed: Claimed, *, error: str, now: float
) -> None:
    newer = await intake.pending(connection, claimed.job)
    if newer is not None:
        await _yield_to(connection, newer, claimed.id, claimed.job, run_at=newer.run_at)
        return
    await _end(connection, claimed.id, "failed", error=error, now=now)


async def _yield_to(
    connection: AsyncConnection,
    newer: Pending,
    job_id: int,
    job: Job,
    *,
    run_at: float,
) -> None:
    """Fold a job that ran in vain into the one that came meanwhile; its deliveries follow."""
    older = Pending(newer.id, job, newer.state, newer.run_at)
    await intake.replace(connection, older, newer.job, run_at=run_at)
    await connection.execute(
        "insert into ssot_delivery select guid, %s from ssot_delivery where job = %s"
        " on conflict do nothing",
        (newer.id, job_id),
    )
    await connection.execute("delete from procrastinate_jobs where id = %s", (job_id,))


async def _hold(connection: AsyncConnection, installation: int, not_before: float) -> None:
    await connection.execute(
        "update ssot_installation set not_before = greatest(not_before, %s) where id = %s",
        (not_before, installation),
    )


async def _end(
    connection: AsyncConnection, job_id: int, status: str, *, error: str, now: float
) -> None:
    await connection.execute(
        "update procrastinate_jobs set status = %s, worker_id = null where id = %s",
        (status, job_id),
    )
    await connection.execute(
        "update ssot_job set error = %s, ended = %s where id = %s", (error, now, job_id)
    )


async def _set_attempts(
    connection: AsyncConnection, job_id: int, attempts: int, error: str
) -> None:
    await connection.execute(
        "update ssot_job set attempts = %s, error = %s where id = %s", (attempts, error, job_id)
    )
