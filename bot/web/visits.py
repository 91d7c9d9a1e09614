"""The pages that ask visitors who they are, put together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.github.visitors import Client, Visitors
from bot.services.explain import explain
from bot.web.explain import ExplainPages
from bot.web.explanations import Explanations
from bot.web.login import Login
from bot.web.session import Sessions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from bot.github.address import PublicAddress
    from bot.github.client import GitHub
    from bot.services.explain import ExplainPorts
    from bot.settings import LoginCredentials

    Close = Callable[[], Awaitable[None]]


def add_pages(  # noqa: PLR0913 - what pages with visitors rest on, each of it once
    app: web.Application,
    ports: ExplainPorts,
    *,
    github: GitHub,
    credentials: LoginCredentials,
    address: PublicAddress,
    server_url: str,
) -> Close:
    """Add login, logout and explanations; return what ends them."""
    sessions = Sessions(credentials.client_secret, ports.review.clock)
    client = Client(credentials.client_id, credentials.client_secret)
    visitors = Visitors(github.transport, github.tokens, client=client, server_url=server_url)
    login = Login(sessions, visitors, address)
    explanations = Explanations(partial(explain, ports=ports))
    pages = ExplainPages(
        *(sessions, visitors), login=login, explanations=explanations, server_url=server_url
    )
    login.add_routes(app)
    pages.add_routes(app)
    return explanations.close
