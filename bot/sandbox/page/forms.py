"""What a form of the pages says: who acts, which text, which file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.records import UserType

if TYPE_CHECKING:
    from bot.sandbox.github.state import State

Form = Mapping[str, str]

NOBODY = "there is nobody of that name here: {login}"
NO_PATH = "name the file, relative to the root of the repository"


def login(state: State, form: Form) -> str:
    """Return the person who was chosen; refuse one who is not there."""
    chosen = form.get("by", "")
    user = state.user_named(chosen)
    if user is None or user.type is not UserType.USER:
        raise web.HTTPUnprocessableEntity(text=NOBODY.format(login=chosen))
    return user.login


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
    digits = form.get(name, "")
    return int(digits) if digits.isascii() and digits.isdigit() else 0
