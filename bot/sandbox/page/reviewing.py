"""What visitors do with the comments at lines: answer, resolve, apply what they suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.anchors import files_at
from bot.sandbox.github.records import Anchor
from bot.sandbox.page import forms
from bot.sandbox.page.markdown import suggested

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Pull, ReviewComment
    from bot.sandbox.github.state import State
    from bot.sandbox.page.forms import Form
    from bot.sandbox.page.pushing import Pushing

    Act = Callable[[Pull, Form], Awaitable[str]]

NOTHING_SAID = "a comment needs some text"
NOTHING_CHOSEN = "choose at least one suggestion"
OVERLAP = "two of these suggestions change the same line of {path}: apply one, then the other"
NO_LINE = "the changed files show no line {line} of {path}: nobody can comment there"
APPLY_ONE = "Apply a suggestion"
APPLY_MANY = "Apply {count} suggestions"


class Reviewing:
    """Everything that a visitor can do at the lines of a diff; each returns where to look."""

    def __init__(self, state: State, people: People, pushing: Pushing) -> None:
        self._state = state
        self._people = people
        self._pushing = pushing

    def actions(self) -> dict[str, Act]:
        """Return the actions by name."""
        return {
            "remark": self._remark,
            "reply": self._reply,
            "resolve": self._resolve,
            "unresolve": self._unresolve,
            "apply": self._apply,
        }

    async def _remark(self, pull: Pull, form: Form) -> str:
        body, path = _said(form), form.get("path", "")
        line, by = forms.number(form, "line"), forms.login(self._state, form)
        git = self._state.git(pull.repository_id)
        file = files_at(git, pull.base_sha, pull.head_sha).get(path)
        if file is None or file.hunk_at(line, "RIGHT") is None:
            raise web.HTTPUnprocessableEntity(text=NO_LINE.format(line=line, path=path))
        anchor = Anchor(pull.head_sha, path, line)
        return f"discussion_r{self._people.remark(pull, anchor, body, by=by).id}"

    async def _reply(self, pull: Pull, form: Form) -> str:
        comment, body = self._first(pull, form), _said(form)
        answer = self._people.reply(comment, body, by=forms.login(self._state, form))
        return f"discussion_r{answer.id}"

    async def _resolve(self, pull: Pull, form: Form) -> str:
        by = self._people.user(forms.author_or_writer(self._state, pull, form))
        first = self._first(pull, form)
        self._state.resolved_threads[first.thread_id] = by.id
        return f"discussion_r{first.id}"

    async def _unresolve(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        first = self._first(pull, form)
        self._state.resolved_threads.pop(first.thread_id, None)
        return f"discussion_r{first.id}"

    async def _apply(self, pull: Pull, form: Form) -> str:
        forms.author_or_writer(self._state, pull, form)
        wanted = forms.numbers(form, "comment")
        if not wanted:
            raise web.HTTPUnprocessableEntity(text=NOTHING_CHOSEN)
        chosen = [self._comment(pull, each) for each in wanted]
        paths = sorted({comment.current.path for comment in chosen})
        files = {
            path: self._applied(pull, path, [c for c in chosen if c.current.path == path])
            for path in paths
        }
        message = APPLY_ONE if len(chosen) == 1 else APPLY_MANY.format(count=len(chosen))
        await self._pushing.push(pull, files, message)
        return f"discussion_r{chosen[0].id}"

    def _applied(self, pull: Pull, path: str, comments: Iterable[ReviewComment]) -> str:
        """Put suggestions into a file, from its end, so that no line moves before its turn."""
        blob = self._state.git(pull.repository_id).blob(pull.head_sha, path)
        if blob is None:
            raise web.HTTPNotFound
        # Not `splitlines`, which also splits where git and GitHub count no line.
        lines = blob.content.decode().split("\n")
        below = len(lines) + 1
        for comment in sorted(comments, key=lambda one: -(one.current.line or 0)):
            last, replacement = comment.current.line, suggested(comment.body)
            if last is None or replacement is None:
                raise web.HTTPNotFound
            if last >= below:
                raise web.HTTPConflict(text=OVERLAP.format(path=path))
            below = comment.current.start_line or last
            lines[below - 1 : last] = replacement.split("\n")[:-1]
        return "\n".join(lines)

    def _first(self, pull: Pull, form: Form) -> ReviewComment:
        return self._comment(pull, forms.number(form, "thread"))

    def _comment(self, pull: Pull, wanted: int) -> ReviewComment:
        found = (one for one in self._state.review_comments_of(pull) if one.id == wanted)
        comment = next(found, None)
        if comment is None:
            raise web.HTTPNotFound
        return comment


def _said(form: Form) -> str:
    body = forms.text(form, "body")
    if not body.strip():
        raise web.HTTPUnprocessableEntity(text=NOTHING_SAID)
    return body
