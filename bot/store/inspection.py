"""What an operator asks of the queue: how much, how old, what failed; and what to forget."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.desk import PendingJob
from bot.domain.jobs import FailedJob, JobState
from bot.store import codec
from bot.store.intake import queue_installation

# A done job is kept so that its deliveries stay known; one that no delivery asked for needs not be.
OWN_SECONDS = 60 * 60.0
# https://www.sqlite.org/datatype3.html
MOST_ID = 2**63 - 1
NOTHING_TO_PURGE = "purge needs an installation, a repository or an age"

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Count jobs by state; a state without a job counts 0."""
    found = dict(connection.execute("select state, count(*) from job group by state").fetchall())
    return {state: found.get(state, 0) for state in JobState}


def due(connection: sqlite3.Connection, *, before: float) -> int:
    """Count the jobs that run, or wait and may run before this Unix time."""
    (count,) = connection.execute(
        "select count(*) from job where state = 'running' or (state = 'waiting' and run_at < ?)",
        (before,),
    ).fetchone()
    return int(count)


def oldest_waiting_seconds(connection: sqlite3.Connection, *, now: float) -> float:
    """Tell how long ago the first waiting job could have run; 0 when none can run yet."""
    (run_at,) = connection.execute(
        "select min(run_at) from job indexed by job_due where state = 'waiting' and run_at <= ?",
        (now,),
    ).fetchone()
    return 0.0 if run_at is None else now - float(run_at)


def pending(connection: sqlite3.Connection, *, limit: int) -> tuple[PendingJob, ...]:
    """List the jobs that run, then those that wait; one that is held waits until it is let go."""
    rows = connection.execute(
        "select job.id, job, state, attempts, error, case state when 'running' then run_at"
        " else max(run_at, coalesce(not_before, 0)) end as due"
        " from job left join installation on installation.id = job.installation"
        " where state in ('running', 'waiting') order by state, due, job.id limit ?",
        (limit,),
    )
    return tuple(_pending_jobs(rows))


def failed(connection: sqlite3.Connection, *, limit: int) -> tuple[FailedJob, ...]:
    """List jobs that were given up, the newest first."""
    rows = connection.execute(
        "select id, job, error, attempts, ended from job where state = 'failed'"
        " order by ended desc, id desc limit ?",
        (limit,),
    )
    return tuple(_failed_jobs(rows))


def replay(connection: sqlite3.Connection, job_id: int, *, now: float) -> bool:
    """Let a failed job wait again, with all of its attempts."""
    if job_id > MOST_ID:
        return False
    row = connection.execute(
        "update job set state = 'waiting', attempts = 0, error = '', run_at = ?"
        " where id = ? and state = 'failed' returning installation",
        (now, job_id),
    ).fetchone()
    if row is None:
        return False
    queue_installation(connection, row[0])
    return True


def repositories(connection: sqlite3.Connection, *, installation_id: int) -> tuple[int, ...]:
    """List the repositories of an installation's jobs; jobs about all of them name none."""
    rows = connection.execute(
        "select distinct repository from job where installation = ? and repository != 0"
        " order by repository",
        (installation_id,),
    )
    return tuple(repository for (repository,) in rows)


def purge(
    connection: sqlite3.Connection,
    *,
    installation_id: int | None,
    repository_id: int | None,
    ended_before: float | None,
    now: float,
) -> int:
    """Delete jobs that match everything given, never a running one; return how many."""
    deleted = connection.execute(
        "delete from job where state != 'running'"
        " and (:installation is null or installation = :installation)"
        " and (:repository is null or repository = :repository)"
        " and (:before is null or (state in ('done', 'failed') and ended < :before)"
        " or (state = 'done' and ended < :own_before"
        " and not exists (select 1 from delivery where delivery.job = job.id)))",
        {
            "installation": installation_id,
            "repository": repository_id,
            "before": ended_before,
            "own_before": now - OWN_SECONDS,
        },
    )
    connection.execute(
        "delete from installation where not_before <= ?"
        " and not exists (select 1 from job where job.installation = installation.id)",
        (now,),
    )
    return deleted.rowcount


def _pending_jobs(rows: sqlite3.Cursor) -> Iterator[PendingJob]:
    for job_id, text, state, attempts, error, due_at in rows:
        with suppress(ValueError, KeyError, TypeError):
            yield PendingJob(job_id, codec.decode(text), JobState(state), attempts, due_at, error)


def _failed_jobs(rows: sqlite3.Cursor) -> Iterator[FailedJob]:
    for job_id, text, error, attempts, ended in rows:
        # A job that only a newer release can read is counted, but there is nothing to show.
        with suppress(ValueError, KeyError, TypeError):
            yield FailedJob(job_id, codec.decode(text), error, attempts, ended)
