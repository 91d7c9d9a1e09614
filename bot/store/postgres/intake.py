"""How jobs come in: known deliveries are refused, what waits is superseded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from bot.domain.jobs import JobState
from bot.store import codec
from bot.store.intake import Pending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from bot.domain.jobs import Job

TASK = "ssot.job"
# procrastinate's words for ours.
STATES = {
    "todo": JobState.WAITING,
    "doing": JobState.RUNNING,
    "succeeded": JobState.DONE,
    "failed": JobState.FAILED,
}
# procrastinate notifies of new rows alone, not of rows that wait again or whose lock is free again:
# the next job of a key would wait for the poll.
_WAKE = """
select pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')
"""


# One way to the database and back: others wait for it.
_INSERT = """
with put as (
    insert into procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
    values (%(name)s, %(task)s, %(priority)s, %(key)s, %(place)s, %(args)s) returning id
), described as (
    insert into ssot_job (id, kind, installation, repository, run_at)
    select id, %(kind)s, %(installation)s, %(repository)s, %(run_at)s from put
), told as (
    insert into ssot_delivery select %(delivery)s, id from put where %(delivery)s <> ''
)
insert into ssot_installation (id) values (%(installation)s)
on conflict (id) do update set queued = true where not ssot_installation.queued
"""


async def accept(
    connection: AsyncConnection, jobs: Sequence[Job], *, delivery: str, run_at: float
) -> bool:
    """Store the jobs of a delivery; False when it is known already."""
    if delivery and await _is_known(connection, delivery):
        return False
    for job in jobs:
        older = await pending(connection, job)
        if older is None:
            await _insert(connection, job, delivery=delivery, run_at=run_at)
        else:
            await replace(connection, older, job, run_at=run_at)
            await _note(connection, delivery, older.id)
    return True


async def pending(connection: AsyncConnection, job: Job) -> Pending | None:
    """Find the job that waits, or was given up, under the key and kind of this one."""
    rows = await connection.execute(
        "select id, args ->> 'job', status, run_at"
        " from procrastinate_jobs join ssot_job using (id)"
        " where queueing_lock = %s and status in ('todo', 'failed')",
        (_place(job),),
    )
    row = await rows.fetchone()
    if row is None:
        return None
    return Pending(row[0], codec.decode(row[1]), STATES[row[2]], row[3])


async def replace(
    connection: AsyncConnection, older: Pending, newer: Job, *, run_at: float
) -> None:
    """Let a newer job wait in the place of an older one, which keeps its turn and deliveries."""
    job = newer.superseding(older.job)
    # An earlier turn is kept, but the time at which a failed job once ran is no turn.
    turn = min(run_at, older.run_at) if older.state is JobState.WAITING else run_at
    await write(connection, older.id, job)
    await connection.execute(
        "update ssot_job set installation = %s, run_at = %s, attempts = 0, error = ''"
        " where id = %s",
        (job.installation_id, turn, older.id),
    )
    await queue_installation(connection, job.installation_id)
    await wake(connection)


async def write(connection: AsyncConnection, job_id: int, job: Job) -> None:
    """Let a stored job wait, as this one."""
    await connection.execute(
        "update procrastinate_jobs"
        " set queue_name = %s, priority = %s, args = %s, status = 'todo', worker_id = null,"
        " abort_requested = false"
        " where id = %s",
        (str(job.installation_id), int(job.priority), _args(job), job_id),
    )


async def queue_installation(connection: AsyncConnection, installation_id: int) -> None:
    """Let an installation take part in the turns."""
    await connection.execute(
        "insert into ssot_installation (id) values (%s)"
        " on conflict (id) do update set queued = true where not ssot_installation.queued",
        (installation_id,),
    )


async def wake(connection: AsyncConnection) -> None:
    """Have idle workers look for a job when this is committed."""
    await connection.execute(_WAKE)


async def _is_known(connection: AsyncConnection, delivery: str) -> bool:
    rows = await connection.execute(
        "select status from ssot_delivery join procrastinate_jobs on id = job where guid = %s",
        (delivery,),
    )
    found = await rows.fetchall()
    return bool(found) and ("failed",) not in found


async def _insert(connection: AsyncConnection, job: Job, *, delivery: str, run_at: float) -> None:
    given = {
        "name": str(job.installation_id),
        "task": TASK,
        "priority": int(job.priority),
        "key": job.key,
        "place": _place(job),
        "args": _args(job),
        "kind": str(job.kind),
        "installation": job.installation_id,
        "repository": job.repository.id,
        "run_at": run_at,
        "delivery": delivery,
    }
    await connection.execute(_INSERT, given)


async def _note(connection: AsyncConnection, delivery: str, job_id: int) -> None:
    if delivery:
        await connection.execute(
            "insert into ssot_delivery values (%s, %s) on conflict do nothing", (delivery, job_id)
        )


def _place(job: Job) -> str:
    return f"{job.kind} {job.key}"


def _args(job: Job) -> Jsonb:
    return Jsonb({"job": codec.encode(job)})
