"""Who may see a page: asked of GitHub with the visitor's own token, at each request."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web
from cachetools import TTLCache

from bot.domain.errors import GoneError, NotBeforeError, UserError
from bot.github.refusals import FAILURES, LimitedError
from bot.github.visitors import LoginEndedError
from bot.web.login import UNWELL
from bot.web.pages import AnsweredError, error_page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from typing import TypeVar

    from bot.domain.jobs import RepositoryRef
    from bot.github.visitors import Visitors
    from bot.web.login import Login
    from bot.web.session import Kept, Sessions, Visitor

    Said = TypeVar("Said")

LIMITED = "GitHub limits our requests at the moment. Try again in a few minutes."
NOT_TAKEN = "GitHub does not know the new login yet. Reload the page in a moment."
# A token this young that GitHub refuses: logging in once more would go round in circles.
FRESH_LOGIN_SECONDS = 30
# How long we believe that we are still installed in a repository.
INSTALLED_SECONDS = 60
INSTALLATIONS = 10_000
_LIMITS = (LimitedError, NotBeforeError)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who can read a repository that we are installed in: it is a place for jobs."""

    login: str
    installation_id: int
    repository: RepositoryRef


class Admission:
    """Lets in who may see a page, and sends everybody else where they belong."""

    def __init__(self, sessions: Sessions, visitors: Visitors, login: Login) -> None:
        self._sessions = sessions
        self._visitors = visitors
        self._login = login
        self._installations: TTLCache[int, int] = TTLCache(INSTALLATIONS, INSTALLED_SECONDS)

    async def reader(self, request: web.Request) -> Guest:
        """Let in who can read the repository of the address right now.

        All others get 404, whatever is there: `AnsweredError`.
        """
        owner, name = request.match_info["owner"], request.match_info["repo"]
        who, found = await self._asked(
            request, lambda token: self._visitors.repository(token, owner, name)
        )
        if found is None:
            raise AnsweredError(error_page(404))
        if found.full_name != f"{owner}/{name}":
            rest = request.path.removeprefix(f"/{owner}/{name}")
            raise AnsweredError(_moved(f"/{found.full_name}{rest}"))
        with failures_told(UNWELL):
            return Guest(who.login, await self._installation(found), found)

    async def person(self, request: web.Request) -> str:
        """Let in whoever can log in; return their login as GitHub has it right now."""
        return (await self._asked(request, self._visitors.login))[1]

    async def _asked(
        self, request: web.Request, question: Callable[[str], Awaitable[Said]]
    ) -> tuple[Visitor, Said]:
        """Ask GitHub something with the visitor's token; who has none logs in."""
        kept = await self._sessions.load(request)
        who = kept.visitor
        if who is None:
            raise AnsweredError(await self._login.redirect(request, kept, to=request.path))
        try:
            with failures_told(UNWELL):
                return who, await question(who.token)
        except LoginEndedError:
            raise AnsweredError(await self._again(request, kept, who=who)) from None

    async def _again(self, request: web.Request, kept: Kept, *, who: Visitor) -> web.Response:
        """Have somebody log in again whose login has ended."""
        if kept.now - who.since < FRESH_LOGIN_SECONDS:
            return error_page(503, NOT_TAKEN)
        kept.leave()
        return await self._login.redirect(request, kept, to=request.path)

    async def _installation(self, repository: RepositoryRef) -> int:
        known = self._installations.get(repository.id)
        if known is None:
            known = await self._visitors.installation(repository)
            if known is None:
                raise GoneError
            self._installations[repository.id] = known
        return known


@contextmanager
def failures_told(failed: str) -> Iterator[None]:
    """Answer with a page where GitHub refuses or fails; `failed` says what could not be done."""
    try:
        yield
    except GoneError as error:
        raise AnsweredError(error_page(404)) from error
    except _LIMITS as error:
        raise AnsweredError(error_page(503, LIMITED)) from error
    except (*FAILURES, UserError, TimeoutError) as error:
        raise AnsweredError(error_page(503, failed)) from error


def _moved(path: str) -> web.Response:
    return web.Response(status=302, headers={"Location": path})
