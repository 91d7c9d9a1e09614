"""Whose turn it is, and what becomes of a job that had it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.jobs import JobState
from bot.domain.retry import GiveUp, HoldInstallation, RunAnew, RunLater
from bot.store import codec, intake
from bot.store.attempt import UNREADABLE, Claimed

if TYPE_CHECKING:
    import sqlite3

    from bot.domain.jobs import Job
    from bot.domain.retry import Sequel

# Installations take turns (the one served longest ago goes first); inside one, the higher priority
# goes first, then the older job. `installation_turn` gives the order: it ends at the first hit.
# Each `indexed by` is there because SQLite, left alone, reads all waiting jobs.
_NEXT = """
select job from (
    select served, id, (
        select job.id from job
        where job.installation = installation.id and job.state = 'waiting' and job.run_at <= :now
        and not exists (
            select 1 from job as other where other.key = job.key and other.state = 'running'
        )
        order by job.priority desc, job.id limit 1
    ) as job
    from installation
    where queued and not_before <= :now and (
        select count(*) from job
        where job.installation = installation.id and job.state = 'running'
    ) < :share
)
where job is not null order by served, id limit 1
"""
_SERVED = """
update installation set
    served = (select max(served) + 1 from installation),
    queued = exists (
        select 1 from job indexed by job_turn
        where job.installation = installation.id and job.state = 'waiting'
    )
where id = ?
"""
# Whichever comes first; when it is too early after all, nothing is claimed and the other applies.
_NEXT_DUE = """
select min(due) from (
    select min(run_at) as due from job indexed by job_due where state = 'waiting' and run_at > :now
    union all
    select min(not_before) from installation where not_before > :now
)
"""


@dataclass(frozen=True, slots=True)
class Claims:
    """The jobs to run now, and the Unix time at which to look again (None: nothing is set)."""

    jobs: tuple[Claimed, ...]
    next_due: float | None


def claim(connection: sqlite3.Connection, *, now: float, slots: int, share: int) -> Claims:
    """Mark at most `slots` jobs as running, at most `share` of one installation at a time."""
    jobs: list[Claimed] = []
    while len(jobs) < slots:
        row = connection.execute(_NEXT, {"now": now, "share": share}).fetchone()
        if row is None:
            break
        claimed = _take(connection, row[0], now)
        if claimed is not None:
            jobs.append(claimed)
    next_due = connection.execute(_NEXT_DUE, {"now": now}).fetchone()[0]
    return Claims(tuple(jobs), next_due)


def complete(connection: sqlite3.Connection, claimed: Claimed, *, now: float) -> None:
    """Keep a job that succeeded, so that its deliveries stay known."""
    _end(connection, claimed.id, JobState.DONE, error="", now=now)


def follow(
    connection: sqlite3.Connection, claimed: Claimed, sequel: Sequel, *, error: str, now: float
) -> None:
    """Do what was decided about a job that ended with an error."""
    match sequel:
        case RunLater(delay):
            newer = intake.pending(connection, claimed.job)
            _set_attempts(connection, claimed.id, claimed.attempt, error)
            _wait_again(connection, claimed.id, claimed.job, run_at=now + delay)
            # One that was set for later brings nothing new that would deserve all attempts.
            if newer is not None and newer.run_at > now:
                _set_attempts(connection, newer.id, claimed.attempt, error)
        case RunAnew(head_sha):
            job = dataclasses.replace(claimed.job, head_sha=head_sha)
            _wait_again(connection, claimed.id, job, run_at=now)
        case HoldInstallation(not_before):
            _hold(connection, claimed.job.installation_id, not_before)
            _set_attempts(connection, claimed.id, claimed.attempt - 1, error)
            _wait_again(connection, claimed.id, claimed.job, run_at=now)
        case GiveUp():
            _set_attempts(connection, claimed.id, claimed.attempt, error)
            _give_up(connection, claimed, error=error, now=now)


def give_back(connection: sqlite3.Connection, *, now: float) -> int:
    """Let everything that is marked as running wait again; no attempt counts. Return how many."""
    rows = connection.execute("select id, job, run_at from job where state = 'running'").fetchall()
    for job_id, text, run_at in rows:
        job = _decoded(connection, job_id, text, now=now)
        if job is not None:
            _wait_again(connection, job_id, job, run_at=run_at)
    return len(rows)


def _take(connection: sqlite3.Connection, job_id: int, now: float) -> Claimed | None:
    text, installation, attempts = connection.execute(
        "select job, installation, attempts from job where id = ?", (job_id,)
    ).fetchone()
    job = _decoded(connection, job_id, text, now=now)
    if job is None:
        return None
    connection.execute("update job set state = 'running' where id = ?", (job_id,))
    connection.execute(_SERVED, (installation,))
    return Claimed(job_id, job, attempts + 1)


def _decoded(connection: sqlite3.Connection, job_id: int, text: str, *, now: float) -> Job | None:
    """Read a stored job; what a newer release stored, before it was taken back, becomes failed."""
    try:
        return codec.decode(text)
    except (ValueError, KeyError, TypeError) as error:
        _end(connection, job_id, JobState.FAILED, error=UNREADABLE.format(error=error), now=now)
        return None


def _wait_again(connection: sqlite3.Connection, job_id: int, job: Job, *, run_at: float) -> None:
    newer = intake.pending(connection, job)
    if newer is not None:
        _yield_to(connection, newer, job_id, job, run_at=run_at)
        return
    connection.execute(
        "update job set state = 'waiting', job = ?, run_at = ? where id = ?",
        (codec.encode(job), run_at, job_id),
    )
    intake.queue_installation(connection, job.installation_id)


def _give_up(connection: sqlite3.Connection, claimed: Claimed, *, error: str, now: float) -> None:
    newer = intake.pending(connection, claimed.job)
    if newer is not None:
        _yield_to(connection, newer, claimed.id, claimed.job, run_at=newer.run_at)
        return
    _end(connection, claimed.id, JobState.FAILED, error=error, now=now)


def _yield_to(
    connection: sqlite3.Connection,
    newer: intake.Pending,
    job_id: int,
    job: Job,
    *,
    run_at: float,
) -> None:
    """Fold a job that ran in vain into the one that came meanwhile; its deliveries follow."""
    older = intake.Pending(newer.id, job, newer.state, newer.run_at)
    intake.replace(connection, older, newer.job, run_at=run_at)
    connection.execute("update or ignore delivery set job = ? where job = ?", (newer.id, job_id))
    connection.execute("delete from job where id = ?", (job_id,))


def _hold(connection: sqlite3.Connection, installation: int, not_before: float) -> None:
    connection.execute(
        "update installation set not_before = max(not_before, ?) where id = ?",
        (not_before, installation),
    )


def _end(
    connection: sqlite3.Connection, job_id: int, state: JobState, *, error: str, now: float
) -> None:
    connection.execute(
        "update job set state = ?, error = ?, ended = ? where id = ?", (state, error, now, job_id)
    )


def _set_attempts(connection: sqlite3.Connection, job_id: int, attempts: int, error: str) -> None:
    connection.execute(
        "update job set attempts = ?, error = ? where id = ?", (attempts, error, job_id)
    )
