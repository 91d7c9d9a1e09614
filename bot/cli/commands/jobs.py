"""List the service's jobs (waiting, running or failed), or run a failed one again."""

from __future__ import annotations

import json
import time
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.cli import terminal
from bot.cli.arguments import Format, add_format
from bot.cli.desk import at_desk
from bot.cli.exits import Exit
from bot.domain.desk import age, title
from bot.domain.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from bot.domain.desk import Desk, PendingJob
    from bot.domain.jobs import FailedJob, Job


class Action(StrEnum):
    """What to do; the first is the default."""

    LIST = "list"
    FAILED = "failed"
    REPLAY = "replay"


ACTION_HELP = (
    "show what waits and runs (list, the default) or what failed, or run a failed job again "
    "(replay)"
)
ID_HELP = "the number of the failed job to run again"
LIMIT_HELP = "the most jobs to list (default: 100)"
LIMIT = 100

NO_ID = "name the job to run again: `ssot jobs replay ID`; `ssot jobs failed` lists them"
NEEDLESS_ID = "`ssot jobs {action}` takes no ID"
NOT_FAILED = "there is no failed job {id}: `ssot jobs failed` lists them"
BAD_LIMIT = "{text!r} is not a number of jobs: write 1 or more"
WAITS_AGAIN = "job {id} waits to run again\n"
COUNTS = "{waiting} waiting, {running} running, {done} done, {failed} failed\n"
ROW = "{id:>8}  {state:<7}  {when:<20}  {title}{attempts}\n{error}"
ERROR = "          {error}\n"
RUNS, DUE, LATER = "", "due for {age}", "not before {time}"
FAILED_ROW = "{id:>8}  {time}  {attempts} attempts  {title}\n{error}"
MORE = "and {count} more: --limit shows them\n"
TRIED = ", tried {count} times"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ssot jobs` takes."""
    words = [action.value for action in Action]
    parser.add_argument("action", choices=words, nargs="?", default=words[0], help=ACTION_HELP)
    parser.add_argument("id", metavar="ID", type=int, nargs="?", help=ID_HELP)
    parser.add_argument("--limit", metavar="N", type=_limit, default=LIMIT, help=LIMIT_HELP)
    add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do what was chosen, beside a running service or without one."""
    action, form = Action(arguments.action), Format(arguments.format)
    if action is Action.REPLAY:
        _replay(arguments.id)
        return Exit.CLEAN
    if arguments.id is not None:
        raise UserError(NEEDLESS_ID.format(action=action))
    text = _pending if action is Action.LIST else _failed
    terminal.show(text(arguments.limit, form))
    return Exit.CLEAN


def _replay(job_id: int | None) -> None:
    if job_id is None:
        raise UserError(NO_ID)
    if not at_desk(lambda desk: desk.replay(job_id)):
        raise UserError(NOT_FAILED.format(id=job_id))
    terminal.show(WAITS_AGAIN.format(id=job_id))


def _pending(limit: int, form: Format) -> str:
    async def ask(desk: Desk) -> tuple[Mapping[str, int], Sequence[PendingJob]]:
        return await desk.counts(), await desk.pending(limit=limit)

    counts, jobs = at_desk(ask)
    now = time.time()
    if form is Format.JSON:
        return _json(counts, [_pending_record(job, now) for job in jobs])
    rows = "".join(_row(job, now) for job in jobs)
    return COUNTS.format(**counts) + rows + _more(counts["waiting"] + counts["running"], jobs)


def _failed(limit: int, form: Format) -> str:
    async def ask(desk: Desk) -> tuple[Mapping[str, int], Sequence[FailedJob]]:
        return await desk.counts(), await desk.failed(limit=limit)

    counts, jobs = at_desk(ask)
    if form is Format.JSON:
        return _json(counts, [_failed_record(job) for job in jobs])
    rows = "".join(_failed_row(job) for job in jobs)
    return COUNTS.format(**counts) + rows + _more(counts["failed"], jobs)


def _row(job: PendingJob, now: float) -> str:
    when = RUNS
    if job.state == "waiting":
        is_due = job.due_at <= now
        when = DUE if is_due else LATER
    tried = TRIED.format(count=job.attempts) if job.attempts else ""
    return ROW.format(
        id=job.id,
        state=job.state,
        when=when.format(age=age(now - job.due_at), time=_time(job.due_at)),
        title=title(job.job),
        attempts=tried,
        error=_error(job.error),
    )


def _failed_row(job: FailedJob) -> str:
    return FAILED_ROW.format(
        id=job.id,
        time=_time(job.failed_at),
        attempts=job.attempts,
        title=title(job.job),
        error=_error(job.error),
    )


def _error(text: str) -> str:
    from checks.formats.visible import spell_unseen

    return ERROR.format(error=spell_unseen(text)) if text else ""


def _more(count: int, shown: Sequence[object]) -> str:
    return MORE.format(count=count - len(shown)) if count > len(shown) else ""


def _json(counts: Mapping[str, int], jobs: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"schema": 1, "counts": dict(counts), "jobs": jobs}, indent=2) + "\n"


def _pending_record(job: PendingJob, now: float) -> dict[str, Any]:
    return {
        **_record(job.id, job.job),
        "state": job.state,
        "attempts": job.attempts,
        "age_seconds": max(0.0, now - job.due_at),
        "not_before": _time(job.due_at),
        "error": job.error,
    }


def _failed_record(job: FailedJob) -> dict[str, Any]:
    return {
        **_record(job.id, job.job),
        "state": "failed",
        "attempts": job.attempts,
        "error": job.error,
        "failed_at": _time(job.failed_at),
    }


def _record(job_id: int, job: Job) -> dict[str, Any]:
    return {
        "id": job_id,
        "kind": job.kind,
        "key": job.key,
        "installation": job.installation_id,
        "repository": f"{job.repository.owner}/{job.repository.name}".strip("/"),
        "number": job.number,
    }


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError(BAD_LIMIT.format(text=text))
    return int(text)


def _time(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
