"""How jobs come in: known deliveries are refused, what waits is superseded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.jobs import JobState
from bot.store import codec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from bot.domain.jobs import Job


@dataclass(frozen=True, slots=True)
class Pending:
    """The one job of a key and kind that waits or was given up."""

    id: int
    job: Job
    state: JobState
    run_at: float


def accept(
    connection: sqlite3.Connection, jobs: Sequence[Job], *, delivery: str, run_at: float
) -> bool:
    """Store the jobs of a delivery; False when it is known already."""
    if _is_known(connection, delivery):
        return False
    for job in jobs:
        job_id = _put(connection, job, run_at=run_at)
        if delivery:
            connection.execute("insert or ignore into delivery values (?, ?)", (delivery, job_id))
    return True


def pending(connection: sqlite3.Connection, job: Job) -> Pending | None:
    """Find the job that waits, or was given up, under the key and kind of this one."""
    row = connection.execute(
        "select id, job, state, run_at from job"
        " where key = ? and kind = ? and state in ('waiting', 'failed')",
        (job.key, job.kind),
    ).fetchone()
    if row is None:
        return None
    return Pending(row[0], codec.decode(row[1]), JobState(row[2]), row[3])


def replace(connection: sqlite3.Connection, older: Pending, newer: Job, *, run_at: float) -> None:
    """Let a newer job wait in the place of an older one, which keeps its turn and deliveries."""
    job = newer.superseding(older.job)
    # An earlier turn is kept, but the time at which a failed job once ran is no turn.
    turn = min(run_at, older.run_at) if older.state is JobState.WAITING else run_at
    connection.execute(
        "update job set installation = ?, priority = ?, job = ?, state = 'waiting', run_at = ?,"
        " attempts = 0, error = '' where id = ?",
        (job.installation_id, job.priority, codec.encode(job), turn, older.id),
    )


def queue_installation(connection: sqlite3.Connection, installation_id: int) -> None:
    """Let an installation take part in the turns."""
    connection.execute(
        "insert into installation (id, queued) values (?, 1)"
        " on conflict (id) do update set queued = 1 where not queued",
        (installation_id,),
    )


def _is_known(connection: sqlite3.Connection, delivery: str) -> bool:
    rows = connection.execute(
        "select state from job join delivery on delivery.job = job.id where guid = ?", (delivery,)
    ).fetchall()
    return bool(rows) and (JobState.FAILED,) not in rows


def _put(connection: sqlite3.Connection, job: Job, *, run_at: float) -> int:
    queue_installation(connection, job.installation_id)
    older = pending(connection, job)
    if older is not None:
        replace(connection, older, job, run_at=run_at)
        return older.id
    (job_id,) = connection.execute(
        "insert into job (kind, key, installation, repository, priority, job, state, run_at)"
        " values (?, ?, ?, ?, ?, ?, 'waiting', ?) returning id",
        (
            job.kind,
            job.key,
            job.installation_id,
            job.repository.id,
            job.priority,
            codec.encode(job),
            run_at,
        ),
    ).fetchone()
    return int(job_id)
