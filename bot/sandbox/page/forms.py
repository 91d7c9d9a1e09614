"""What a form of the pages says: who acts, which text, which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.records import UserType
from bot.sandbox.page.shapes import WRITING_ROLES

if TYPE_CHECKING:
    from multidict import MultiMapping

    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.state import State

    Form = MultiMapping[str]

NOBODY = "there is nobody called {login} here"
NO_PATH = "name the file by its path from the root of the repository"
NO_WRITE = "{login} has no write access to this repository: act as somebody who has"


def login(state: State, form: Form) -> str:
    """Return the person who acts; refuse one who is not there."""
    chosen = form.get("by", "")
    user = state.user_named(chosen)
    if user is None or user.type is not UserType.USER:
        raise web.HTTPUnprocessableEntity(text=NOBODY.format(login=chosen))
    return user.login


def writer(state: State, pull: Pull, form: Form) -> str:
    """Return the person who acts; refuse one without write access."""
    by = login(state, form)
    user = state.user_named(by)
    assert user is not None
    if state.role(pull.repository_id, user.id) not in WRITING_ROLES:
        raise web.HTTPForbidden(text=NO_WRITE.format(login=by))
    return by


def author_or_writer(state: State, pull: Pull, form: Form) -> str:
    """Return the person who acts; refuse one who neither opened it nor has write access."""
    by = login(state, form)
    user = state.user_named(by)
    if user is not None and user.id == state.issue_of(pull).author_id:
        return by
    return writer(state, pull, form)


def text(form: Form, name: str) -> str:
    """Return a text with the line ends of git: browsers send others."""
    return form.get(name, "").replace("\r\n", "\n")


def file(form: Form) -> tuple[str, str | None]:
    """Return the path of a file and its new content, None to delete it."""
    path = form.get("path", "").strip().strip("/")
    if not path:
        raise web.HTTPUnprocessableEntity(text=NO_PATH)
    return path, None if form.get("delete") else text(form, "text")


def number(form: Form, name: str) -> int:
    """Return a number, 0 for what is none."""
    return next(iter(numbers(form, name)), 0)


def numbers(form: Form, name: str) -> list[int]:
    """Return all numbers of a name, without what is none."""
    return [int(each) for each in form.getall(name, []) if each.isascii() and each.isdigit()]
