"""What the forms of the pages do, each as the person who was chosen would do it on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.gitrepo import GitError
from bot.sandbox.page import forms
from bot.sandbox.page.pushing import Pushing
from bot.sandbox.page.reviewing import NOTHING_SAID, Reviewing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.people import People
    from bot.sandbox.github.queues import Queues
    from bot.sandbox.github.records import Issue, Pull
    from bot.sandbox.github.state import State
    from bot.sandbox.page.forms import Form

    Act = Callable[[Pull, Form], Awaitable[str]]

CONFLICT = "this branch conflicts with {base}, so it was not merged"
QUEUED = "this pull request is in the merge queue already"
CHANGED = "Change {path}"
DELETED = "Delete {path}"


class Actions:
    """Everything a visitor can do, through the same doors as the tests' people.

    Each returns the part of the page to look at then, `""` for its beginning.
    """

    def __init__(self, state: State, people: People, queues: Queues) -> None:
        self._state = state
        self._people = people
        self._queues = queues
        self._pushing = Pushing(state, people)
        self._reviewing = Reviewing(state, people, self._pushing)

    def of_pull(self, name: str) -> Act | None:
        """Return an action on a pull request."""
        known: dict[str, Act] = {
            "comment": self.comment,
            "press": self._press,
            "edit": self._edit,
            "merge": self._merge,
            "enqueue": self._enqueue,
            "close": self._close,
            "reopen": self._reopen,
            "ready": self._ready,
            "draft": self._draft,
            **self._reviewing.actions(),
        }
        return known.get(name)

    async def comment(self, target: Pull | Issue, form: Form) -> str:
        """Comment, which may hold commands."""
        body = forms.text(form, "body")
        if not body.strip():
            raise web.HTTPUnprocessableEntity(text=NOTHING_SAID)
        await self._people.comment(target, body, by=forms.login(self._state, form))
        return ""

    async def _press(self, pull: Pull, form: Form) -> str:
        run, by = self._run(pull, form), forms.login(self._state, form)
        identifier = form.get("identifier")
        if identifier:
            await self._people.press(run, identifier, by=by)
        else:
            await self._people.rerun(run, by=by)
        return ""

    async def _edit(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        path, content = forms.file(form)
        message = (CHANGED if content is not None else DELETED).format(path=path)
        await self._pushing.push(pull, {path: content}, message)
        return ""

    async def _merge(self, pull: Pull, form: Form) -> str:
        by = forms.writer(self._state, pull, form)
        self._pushing.refuse_closed(pull)
        try:
            await self._people.merge(pull, by=by)
        except GitError as error:
            raise web.HTTPConflict(text=CONFLICT.format(base=pull.base_ref)) from error
        return ""

    async def _enqueue(self, pull: Pull, form: Form) -> str:
        forms.writer(self._state, pull, form)
        self._pushing.refuse_closed(pull)
        if self._queues.place(pull):
            raise web.HTTPConflict(text=QUEUED)
        try:
            await self._queues.add(pull)
        except GitError as error:
            raise web.HTTPConflict(text=CONFLICT.format(base=pull.base_ref)) from error
        return ""

    async def _close(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        self._pushing.refuse_closed(pull)
        await self._people.close(pull)
        return ""

    async def _reopen(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        await self._people.reopen(pull)
        return ""

    async def _ready(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        await self._people.mark_ready(pull)
        return ""

    async def _draft(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        await self._people.convert_to_draft(pull)
        return ""

    def _run(self, pull: Pull, form: Form) -> CheckRun:
        run = self._state.check_runs.get(forms.number(form, "run"))
        if run is None or (run.repository_id, run.head_sha) != (pull.repository_id, pull.head_sha):
            raise web.HTTPNotFound
        return run
