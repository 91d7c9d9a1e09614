"""What the forms of the pages do, each as the person who was chosen would do it on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.gitrepo import GitError
from bot.sandbox.page import forms
from bot.sandbox.page.markdown import suggested

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.people import Files, People
    from bot.sandbox.github.records import Issue, Pull, Repository, ReviewComment
    from bot.sandbox.github.state import State
    from bot.sandbox.page.forms import Form

    Act = Callable[[Pull, Form], Awaitable[None]]

NOTHING_SAID = "a comment needs some text"
CONFLICT = "this branch has conflicts with {base}: nothing is merged"
NO_HEAD = "the fork of this pull request was deleted: nothing can be pushed to it"
NOT_OPEN = "this pull request is not open"


class Actions:
    """Everything a visitor can do, through the same doors as the tests' people."""

    def __init__(self, state: State, people: People) -> None:
        self._state = state
        self._people = people

    def of_pull(self, name: str) -> Act | None:
        """Return an action on a pull request."""
        known: dict[str, Act] = {
            "comment": self.comment,
            "press": self._press,
            "apply": self._apply,
            "edit": self._edit,
            "merge": self._merge,
        }
        return known.get(name)

    async def comment(self, target: Pull | Issue, form: Form) -> None:
        """Comment, which may hold commands."""
        body = forms.text(form, "body")
        if not body.strip():
            raise web.HTTPUnprocessableEntity(text=NOTHING_SAID)
        await self._people.comment(target, body, by=forms.login(self._state, form))

    async def _press(self, pull: Pull, form: Form) -> None:
        run, by = self._run(pull, form), forms.login(self._state, form)
        identifier = form.get("identifier")
        if identifier:
            await self._people.press(run, identifier, by=by)
        else:
            await self._people.rerun(run, by=by)

    async def _apply(self, pull: Pull, form: Form) -> None:
        comment = self._review_comment(pull, form)
        path, line = comment.current.path, comment.current.line
        blob = self._state.git(pull.repository_id).blob(pull.head_sha, path)
        replacement = suggested(comment.body)
        if blob is None or line is None or replacement is None:
            raise web.HTTPNotFound
        # Not `splitlines`, which also splits where git and GitHub count no line.
        lines = blob.content.decode().split("\n")
        lines[(comment.current.start_line or line) - 1 : line] = replacement.split("\n")[:-1]
        await self._push(pull, {path: "\n".join(lines)})

    async def _edit(self, pull: Pull, form: Form) -> None:
        path, content = forms.file(form)
        await self._push(pull, {path: content})

    async def _merge(self, pull: Pull, _form: Form) -> None:
        self._refuse_closed(pull)
        try:
            await self._people.merge(pull)
        except GitError as error:
            raise web.HTTPConflict(text=CONFLICT.format(base=pull.base_ref)) from error

    async def _push(self, pull: Pull, files: Files) -> None:
        self._refuse_closed(pull)
        await self._people.push(self._head(pull), pull.head_ref, files)

    def _refuse_closed(self, pull: Pull) -> None:
        if not self._state.is_open(pull):
            raise web.HTTPConflict(text=NOT_OPEN)

    def _head(self, pull: Pull) -> Repository:
        head = self._state.repositories.get(pull.head_repository_id or 0)
        if head is None:
            raise web.HTTPConflict(text=NO_HEAD)
        return head

    def _run(self, pull: Pull, form: Form) -> CheckRun:
        run = self._state.check_runs.get(forms.number(form, "run"))
        if run is None or (run.repository_id, run.head_sha) != (pull.repository_id, pull.head_sha):
            raise web.HTTPNotFound
        return run

    def _review_comment(self, pull: Pull, form: Form) -> ReviewComment:
        wanted = forms.number(form, "comment")
        found = (one for one in self._state.review_comments_of(pull) if one.id == wanted)
        comment = next(found, None)
        if comment is None:
            raise web.HTTPNotFound
        return comment
