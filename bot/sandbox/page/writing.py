"""What visitors begin or rewrite as people do: issues and pull requests of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.people import Opening
from bot.sandbox.page import forms
from bot.sandbox.page.markdown import toggled
from bot.sandbox.page.view import digest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Issue, Pull, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.trackers import Trackers
    from bot.sandbox.page.forms import Form

    Act = Callable[[Issue, Form], Awaitable[str]]

NO_TITLE = "give it a title"
NO_FILE = "there is no such file to delete: {path}"
# GitHub's own reasons; https://docs.github.com/en/rest/issues/issues#update-an-issue
REASONS = ("completed", "not_planned", "duplicate")
EDITED = "somebody edited this text meanwhile: load it again and repeat your edit"
NO_REASON = "an issue is closed as one of: {reasons}"


class Writing:
    """Opens issues and pull requests, and edits, closes and reopens issues."""

    def __init__(self, state: State, people: People, trackers: Trackers) -> None:
        self._state = state
        self._people = people
        self._trackers = trackers

    def of_issue(self, name: str) -> Act | None:
        """Return an action on an issue."""
        known: dict[str, Act] = {
            "edit": self._edit,
            "tick": self._tick,
            "close": self._close,
            "reopen": self._reopen,
        }
        return known.get(name)

    async def open_issue(self, repository: Repository, form: Form) -> Issue:
        """Open an issue."""
        title, by = _title(form), forms.login(self._state, form)
        return await self._trackers.open(repository, title, forms.text(form, "body"), by=by)

    async def propose(self, repository: Repository, form: Form) -> Pull:
        """Open a pull request that changes one file, from a branch of its own."""
        title, by = _title(form), forms.login(self._state, form)
        path, content = forms.file(form)
        git = self._state.git(repository.id)
        if content is None and git.blob(f"refs/heads/{repository.default_branch}", path) is None:
            raise web.HTTPUnprocessableEntity(text=NO_FILE.format(path=path))
        branch = f"change-{self._state.next_id()}"
        self._people.commit(repository, branch, {path: content}, message=title)
        opening = Opening(branch, title, forms.text(form, "body"), by=by)
        return await self._people.open_pull(repository, opening)

    async def _edit(self, issue: Issue, form: Form) -> str:
        by = forms.login(self._state, form)
        await self._trackers.edit(issue, forms.text(form, "body"), by=by)
        return ""

    async def _tick(self, issue: Issue, form: Form) -> str:
        """Tick or empty one box; refused where the text is not the one that was shown."""
        by, body = forms.login(self._state, form), issue.body or ""
        changed = toggled(body, forms.number(form, "line"))
        if changed is None or form.get("seen") != digest(body):
            raise web.HTTPConflict(text=EDITED)
        await self._trackers.edit(issue, changed, by=by)
        return ""

    async def _close(self, issue: Issue, form: Form) -> str:
        reason = form.get("reason", "")
        if reason not in REASONS:
            raise web.HTTPUnprocessableEntity(text=NO_REASON.format(reasons=", ".join(REASONS)))
        await self._trackers.close(issue, reason=reason)
        return ""

    async def _reopen(self, issue: Issue, _form: Form) -> str:
        await self._trackers.reopen(issue)
        return ""


def _title(form: Form) -> str:
    title = form.get("title", "").strip()
    if not title:
        raise web.HTTPUnprocessableEntity(text=NO_TITLE)
    return title
