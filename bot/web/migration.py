"""The page of a repository: how far its migration has come, concept by concept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.web.addresses import REPOSITORY
from bot.web.admission import failures_told
from bot.web.charts import Series, line
from bot.web.pages import render
from checks.formats.visible import spell_unseen
from checks.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import date

    from aiohttp import web
    from markupsafe import Markup

    from bot.domain.jobs import Place
    from bot.domain.migration import Burndown, Migration, Move
    from bot.web.admission import Admission, Guest

    Look = Callable[[Place], Awaitable[Migration | None]]

TEMPLATE = "migration.html"
FAILED = "This repository could not be read just now. Try again in a minute."
FILES_SHOWN = 100
MOVES_SHOWN = 30

CHART = "Findings of {name}, by day"
STAGES = {
    Stage.IMPLEMENTATION: ("bad", "still has code of its own"),
    Stage.WARNS: ("warn", "has code of its own, and warns whoever uses it"),
    Stage.REDIRECT: ("good", "only re-exports what replaces it"),
    Stage.REMOVED: ("done", "has been removed"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file with findings, and where it can be read."""

    path: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Module:
    """A deprecated module: `kind` is the class of its badge, `words` say what the stage means."""

    name: str
    use: str
    stage: Stage
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """What is shown of one concept; `docs` is `""` where the config names no page.

    `chart` is None while there is a single day: one point is no line.
    """

    name: str
    about: str
    docs: str
    burndown: Burndown
    chart: Markup | None
    modules: tuple[Module, ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One day of the table of moves."""

    day: date
    changes: tuple[tuple[str, str], ...]
    pulls: tuple[int, ...]


class MigrationPages:
    """The pages of repositories; `server_url` is where GitHub is."""

    def __init__(self, admission: Admission, look: Look, *, server_url: str) -> None:
        self._admission = admission
        self._look = look
        self._server_url = server_url

    def add_routes(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get(REPOSITORY, self.show)

    async def show(self, request: web.Request) -> web.Response:
        """Answer who can read the repository right now; all others get 404, whatever is there."""
        guest = await self._admission.reader(request)
        with failures_told(FAILED):
            found = await self._look(guest)
        return page(found, guest, self._server_url)


def page(found: Migration | None, guest: Guest, server_url: str) -> web.Response:
    """Show a migration, or that it is being measured; `server_url` is where GitHub is."""
    repository = guest.repository
    home = f"{server_url}/{quote(repository.owner)}/{quote(repository.name)}"
    shown: Mapping[str, object] = {} if found is None else _shown(found, home)
    name = spell_unseen(repository.full_name)
    return render(
        TEMPLATE, {"name": name, "home": home, "found": found, "login": guest.login, **shown}
    )


def _shown(found: Migration, home: str) -> Mapping[str, object]:
    tree = f"{home}/blob/{found.rev}"
    return {
        "sections": [_section(one, tree) for one in found.burndowns],
        "total": sum(one.now for one in found.burndowns),
        "moves": [_row(one) for one in found.moves[:MOVES_SHOWN]],
    }


def _section(burndown: Burndown, tree: str) -> Section:
    concept = burndown.concept
    name = spell_unseen(concept.name)
    return Section(
        name=name,
        about=spell_unseen(concept.about),
        docs=concept.docs if concept.docs.startswith(("https://", "http://")) else "",
        burndown=burndown,
        chart=_chart(burndown, name),
        modules=tuple(
            Module(spell_unseen(one.module), spell_unseen(one.use), stage, *STAGES[stage])
            for one in concept.deprecated
            for stage in [burndown.stages[one.module]]
        ),
        files=tuple(
            File(spell_unseen(path), f"{tree}/{quote(path, errors='surrogateescape')}", count)
            for path, count in burndown.files[:FILES_SHOWN]
        ),
    )


def _chart(burndown: Burndown, name: str) -> Markup | None:
    days, counts = zip(*burndown.points, strict=True)
    return line(Series(days, counts), CHART.format(name=name)) if len(days) > 1 else None


def _row(move: Move) -> Row:
    changes = tuple(
        (spell_unseen(name), f"{change:+,}".replace("-", "\N{MINUS SIGN}"))
        for name, change in move.changes.items()
    )
    return Row(move.day, changes, move.pulls)
