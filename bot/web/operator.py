"""The operator's page: the queue, what was given up and can run again, and the quotas."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot.domain.desk import age, title
from bot.domain.errors import StoreError
from bot.domain.jobs import JobState
from bot.web.addresses import OPERATOR
from bot.web.admission import failures_told
from bot.web.login import FOREIGN, UNWELL, is_own
from bot.web.pages import AnsweredError, error_page, render
from checks.formats.visible import spell_unseen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from bot.domain.desk import Desk, PendingJob
    from bot.domain.jobs import FailedJob
    from bot.web.admission import Admission

TEMPLATE = "operator.html"
JOBS_SHOWN = 100

NO_OPERATOR = (
    "You are {login} on GitHub. This page is for those who run the service: SSOT_OPERATORS names "
    "them, and where it is not set, the person who owns the App."
)
RUNS_AGAIN = "Job {id} waits to run again."
NOT_FAILED = (
    "There is no failed job {id} any more: somebody ran it again, or the queue was deleted."
)
NO_NUMBER = "Name the job to run again by its number."
NO_STORE = "The queue cannot be read: {reason}"
RUNS = "runs"
WAITS = "due for {age}"
LATER = "not before {time}"
# With the day: a waiver ends in months, not tonight.
MOMENT = "%Y-%m-%d %H:%M:%S UTC"
# The largest of SQLite and PostgreSQL has 19 digits.
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Operation:
    """What the page shows: the queue, and the requests that GitHub still answers.

    `quotas` tells them by installation and resource.
    """

    open_desk: Callable[[], AbstractAsyncContextManager[Desk]]
    quotas: Callable[[], Mapping[tuple[int, str], int]]
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Pending:
    """A job that runs or waits, in words."""

    id: int
    title: str
    when: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that was given up, in words."""

    id: int
    title: str
    failed_at: datetime
    attempts: int
    error: str


class OperatorPages:
    """The page and its button, for those who run the service.

    They are `operators` by their logins, or where nobody is named, the `owner` of the App.
    """

    def __init__(
        self,
        admission: Admission,
        operation: Operation,
        *,
        operators: frozenset[str],
        owner: Callable[[], Awaitable[str]],
    ) -> None:
        self._admission = admission
        self._operation = operation
        self._operators = operators
        self._owner = owner

    def add_routes(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(OPERATOR, self.show)
        app.router.add_post(OPERATOR, self.press)

    async def show(self, request: web.Request) -> web.Response:
        """Show an operator how it is."""
        return await page(self._operation, await self._admit(request))

    async def press(self, request: web.Request) -> web.Response:
        """Let the job run again that an operator chose."""
        if not is_own(request):
            raise web.HTTPForbidden(text=FOREIGN)
        login = await self._admit(request)
        asked = str((await request.post()).get("replay", ""))
        return await replay(self._operation, login, asked)

    async def _admit(self, request: web.Request) -> str:
        login = await self._admission.person(request)
        with failures_told(UNWELL):
            known = self._operators or {(await self._owner()).lower()}
        if login.lower() not in known:
            raise AnsweredError(error_page(403, NO_OPERATOR.format(login=login)))
        return login


async def page(operation: Operation, login: str, *, note: str = "") -> web.Response:
    """Show how it is; `note` is what a click just did."""
    try:
        async with operation.open_desk() as desk:
            counts = await desk.counts()
            pending = await desk.pending(limit=JOBS_SHOWN)
            failed = await desk.failed(limit=JOBS_SHOWN)
    except StoreError as error:
        return error_page(503, NO_STORE.format(reason=spell_unseen(str(error))))
    now = operation.clock()
    values = {
        "login": login,
        "note": note,
        "counts": counts,
        "pending": [_pending(one, now) for one in pending],
        "failed": list(map(_failed, failed)),
        "quotas": sorted(operation.quotas().items()),
    }
    return render(TEMPLATE, values)


async def replay(operation: Operation, login: str, asked: str) -> web.Response:
    """Let a failed job run again; `asked` is its number as somebody sent it."""
    if not _NUMBER.fullmatch(asked):
        raise web.HTTPBadRequest(text=NO_NUMBER)
    try:
        async with operation.open_desk() as desk:
            is_taken = await desk.replay(int(asked))
    except StoreError as error:
        return error_page(503, NO_STORE.format(reason=spell_unseen(str(error))))
    note = (RUNS_AGAIN if is_taken else NOT_FAILED).format(id=asked)
    return await page(operation, login, note=note)


def _pending(job: PendingJob, now: float) -> Pending:
    when = RUNS
    if job.state is JobState.WAITING:
        form = WAITS if job.due_at <= now else LATER
        when = form.format(age=age(now - job.due_at), time=f"{_moment(job.due_at):{MOMENT}}")
    return Pending(job.id, title(job.job), when, job.attempts)


def _failed(job: FailedJob) -> Failed:
    error = spell_unseen(job.error)
    return Failed(job.id, title(job.job), _moment(job.failed_at), job.attempts, error)


def _moment(unix: float) -> datetime:
    return datetime.fromtimestamp(unix, UTC)
