"""What an operator asks of the queue: how much, how old, what failed; and what to forget."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.desk import PendingJob
from bot.domain.jobs import FailedJob, JobState
from bot.store import codec
from bot.store.inspection import OWN_SECONDS
from bot.store.postgres import intake

if TYPE_CHECKING:
    from psycopg import AsyncConnection

# Beside the two ends of our own: an operator may cancel jobs with procrastinate's command line.
_PURGE = """
delete from procrastinate_jobs as job using ssot_job
where ssot_job.id = job.id and job.status <> 'doing'
and (%(installation)s::bigint is null or installation = %(installation)s)
and (%(repository)s::bigint is null or repository = %(repository)s)
and (%(before)s::float8 is null or (job.status not in ('todo', 'doing') and ended < %(before)s)
or (job.status = 'succeeded' and ended < %(own_before)s
and not exists (select from ssot_delivery where ssot_delivery.job = job.id)))
"""

_PENDING = """
select procrastinate_jobs.id, args ->> 'job', status, ssot_job.attempts, error,
    case status when 'doing' then run_at else greatest(run_at, not_before) end as due
from procrastinate_jobs join ssot_job using (id)
left join ssot_installation on ssot_installation.id = ssot_job.installation
where status in ('doing', 'todo') order by status = 'todo', due, procrastinate_jobs.id limit %s
"""


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Count jobs by state; a state without a job counts 0."""
    rows = await connection.execute(
        "select status, count(*) from procrastinate_jobs group by status"
    )
    found = {intake.STATES.get(status): count for status, count in await rows.fetchall()}
    return {state: found.get(state, 0) for state in JobState}


async def due(connection: AsyncConnection, *, before: float) -> int:
    """Count the jobs that run, or wait and may run before this Unix time."""
    rows = await connection.execute(
        "select count(*) from procrastinate_jobs join ssot_job using (id)"
        " where status = 'doing' or (status = 'todo' and run_at < %s)",
        (before,),
    )
    ((count,),) = await rows.fetchall()
    return int(count)


async def oldest_waiting_seconds(connection: AsyncConnection, *, now: float) -> float:
    """Tell how long ago the first waiting job could have run; 0 when none can run yet."""
    rows = await connection.execute(
        "select min(run_at) from procrastinate_jobs join ssot_job using (id)"
        " where status = 'todo' and run_at <= %s",
        (now,),
    )
    ((run_at,),) = await rows.fetchall()
    return 0.0 if run_at is None else now - float(run_at)


async def pending(connection: AsyncConnection, *, limit: int) -> tuple[PendingJob, ...]:
    """List the jobs that run, then those that wait; one that is held waits until it is let go."""
    rows = await connection.execute(_PENDING, (limit,))
    found = []
    for job_id, text, status, attempts, error, due_at in await rows.fetchall():
        with suppress(ValueError, KeyError, TypeError):
            job, state = codec.decode(text), intake.STATES[status]
            found.append(PendingJob(job_id, job, state, attempts, due_at, error))
    return tuple(found)


async def failed(connection: AsyncConnection, *, limit: int) -> tuple[FailedJob, ...]:
    """List jobs that were given up, the newest first."""
    rows = await connection.execute(
        "select id, args ->> 'job', error, ssot_job.attempts, ended"
        " from procrastinate_jobs join ssot_job using (id) where status = 'failed'"
        " order by ended desc, id desc limit %s",
        (limit,),
    )
    found = []
    for job_id, text, error, attempts, ended in await rows.fetchall():
        # A job that only a newer release can read is counted, but there is nothing to show.
        with suppress(ValueError, KeyError, TypeError):
            found.append(FailedJob(job_id, codec.decode(text), error, attempts, ended))
    return tuple(found)


async def replay(connection: AsyncConnection, job_id: int, *, now: float) -> bool:
    """Let a failed job wait again, with all of its attempts."""
    rows = await connection.execute(
        "with again as ("
        " update procrastinate_jobs set status = 'todo'"
        " where id = %s and status = 'failed' returning id"
        ") update ssot_job set attempts = 0, error = '', run_at = %s"
        " from again where ssot_job.id = again.id returning installation",
        (job_id, now),
    )
    row = await rows.fetchone()
    if row is None:
        return False
    await intake.queue_installation(connection, row[0])
    await intake.wake(connection)
    return True


async def repositories(connection: AsyncConnection, *, installation_id: int) -> tuple[int, ...]:
    """List the repositories of an installation's jobs; jobs about all of them name none."""
    rows = await connection.execute(
        "select distinct repository from ssot_job where installation = %s and repository <> 0"
        " order by repository",
        (installation_id,),
    )
    return tuple(repository for (repository,) in await rows.fetchall())


async def purge(
    connection: AsyncConnection,
    *,
    installation_id: int | None,
    repository_id: int | None,
    ended_before: float | None,
    now: float,
) -> int:
    """Delete jobs that match everything given, never a running one; return how many."""
    deleted = await connection.execute(
        _PURGE,
        {
            "installation": installation_id,
            "repository": repository_id,
            "before": ended_before,
            "own_before": now - OWN_SECONDS,
        },
    )
    await connection.execute(
        "delete from ssot_installation where not_before <= %s and not exists"
        " (select from ssot_job where ssot_job.installation = ssot_installation.id)",
        (now,),
    )
    return deleted.rowcount
