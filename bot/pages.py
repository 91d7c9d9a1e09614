"""The pages that ask visitors to log in, with what they show wired to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.desks import open_desk
from bot.github.visitors import Client, Visitors
from bot.services.explain import explain
from bot.services.migration import look
from bot.web.admission import Admission
from bot.web.explain import ExplainPages
from bot.web.explanations import Explanations
from bot.web.login import Login
from bot.web.migration import MigrationPages
from bot.web.operator import Operation, OperatorPages
from bot.web.session import Sessions
from bot.wiring import explaining, looking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AsyncExitStack

    from aiohttp import web

    from bot.world import World


def add_pages(
    stack: AsyncExitStack,
    application: web.Application,
    world: World,
    *,
    quotas: Callable[[], Mapping[tuple[int, str], int]],
) -> None:
    """Add the pages, where there is something to log visitors in with.

    `quotas` tells the requests that GitHub still answers, by installation and resource.
    """
    credentials, settings = world.settings.login, world.settings
    if credentials is None or world.address is None:
        return
    visitors = Visitors(
        world.github.transport,
        world.github.tokens,
        client=Client(credentials.client_id, credentials.client_secret),
        server_url=settings.server_url,
    )
    sessions = Sessions(credentials.client_secret, world.clock)
    login = Login(sessions, visitors, world.address)
    admission = Admission(sessions, visitors, login)
    explanations = Explanations(partial(explain, ports=explaining(world)))
    stack.push_async_callback(explanations.close)
    server_url = settings.server_url
    operation = Operation(partial(open_desk, settings), quotas, world.clock)
    login.add_routes(application)
    OperatorPages(
        admission, operation, operators=settings.operators, owner=visitors.owner
    ).add_routes(application)
    ExplainPages(admission, explanations, server_url=server_url).add_routes(application)
    MigrationPages(
        admission, partial(look, ports=looking(world)), server_url=server_url
    ).add_routes(application)
