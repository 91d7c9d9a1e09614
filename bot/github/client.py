"""Requests on behalf of one installation and one repository: tokens, turns, careful retries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bot.domain.errors import TransientError
from bot.domain.redaction import redact
from bot.github.gate import WRITE_INTERVAL_SECONDS, Gate
from bot.github.refusals import RefusedError
from bot.github.transport import speaking_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from bot.github.auth import Grant, Token, Tokens
    from bot.github.transport import Transport

    Send = Callable[[Token], Awaitable[Any]]

FRESH_REFUSALS = frozenset({401, 403, 404})
# For what may be sent twice; longer outages are the job's to wait for.
RETRY_WAITS_SECONDS = (0.5, 1.5)
NOT_FOUND = "NOT_FOUND"
FORBIDDEN = "FORBIDDEN"
NODES = "nodes"
IN_PART = "GitHub answered in part: {message}"


@dataclass(frozen=True, slots=True)
class QueryError:
    """One error of a GraphQL answer: GitHub's type (`FORBIDDEN`, `NOT_FOUND` …) and sentence.

    `field` is the one that has no value because of it, `""` when GitHub does not say. Of a list it
    is the list.
    """

    type: str
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """GraphQL data, possibly in part, and what kept the rest away."""

    data: Mapping[str, Any]
    errors: tuple[QueryError, ...] = ()

    def demand_whole(self, *, allowing: str = NOT_FOUND) -> None:
        """Tell "there is none" from "GitHub could not say", which raises `TransientError`."""
        for error in self.errors:
            if error.type not in {NOT_FOUND, allowing}:
                raise TransientError(IN_PART.format(message=error.message))


class GitHub:
    """All clients of the process; those of one installation share its gate.

    `pauses` is the share of a pause that this GitHub needs, see `pause`.
    """

    def __init__(
        self,
        transport: Transport,
        tokens: Tokens,
        *,
        write_interval_seconds: float = WRITE_INTERVAL_SECONDS,
        pauses: float = 1.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.transport = transport
        self.tokens = tokens
        self.clock = transport.clock
        self._pauses = pauses
        self._sleep = sleep
        self._write_interval_seconds = write_interval_seconds
        self._gates: dict[int, Gate] = {}

    def client(self, wanted: Grant) -> Client:
        """Speak for one installation, with a token for one repository."""
        return Client(self, wanted, self._gate(wanted.installation_id))

    async def pause(self, seconds: float) -> None:
        """Let GitHub get well, or learn what it was told, before it is asked again."""
        await self._sleep(seconds * self._pauses)

    def _gate(self, installation_id: int) -> Gate:
        if installation_id not in self._gates:
            self._gates[installation_id] = Gate(
                write_interval_seconds=self._write_interval_seconds,
                clock=self.clock,
                sleep=self._sleep,
            )
        return self._gates[installation_id]


class Client:
    """REST and GraphQL for one grant.

    Paths are URI templates below the API's root. `NotBeforeError`: GitHub said when to come back ·
    `TransientError`: GitHub is unwell · `RefusedError`: GitHub said no.
    """

    def __init__(self, github: GitHub, wanted: Grant, gate: Gate) -> None:
        self._github = github
        self._grant = wanted
        self._gate = gate

    async def get(self, url: str, variables: Mapping[str, Any]) -> Any:
        """Read; tried a few times."""
        return await self._repeat(self._gate.reading, self._rest("GET", url, variables))

    async def update(self, url: str, variables: Mapping[str, Any], *, data: object) -> Any:
        """PATCH what comes to the same when it is done twice; tried a few times."""
        send = self._rest("PATCH", url, variables, data)
        return await self._repeat(self._gate.writing, send)

    async def append(self, url: str, variables: Mapping[str, Any], *, data: object) -> Any:
        """PATCH what adds something: sent once, for nobody knows whether a timeout came after."""
        return await self._once(self._gate.writing, self._rest("PATCH", url, variables, data))

    async def create(self, url: str, variables: Mapping[str, Any], *, data: object) -> Any:
        """POST: sent once; whoever comes back later finds what was made."""
        return await self._once(self._gate.writing, self._rest("POST", url, variables, data))

    async def delete(self, url: str, variables: Mapping[str, Any]) -> None:
        """DELETE: sent once."""
        await self._once(self._gate.writing, self._rest("DELETE", url, variables))

    async def query(self, text: str, variables: Mapping[str, Any]) -> QueryAnswer:
        """Read by GraphQL; tried a few times. Data may be partial: look before you believe."""
        return await self._query(self._gate.reading, text, variables)

    async def mutate(self, text: str, variables: Mapping[str, Any]) -> QueryAnswer:
        """Write by GraphQL what comes to the same when it is done twice; tried a few times."""
        return await self._query(self._gate.writing, text, variables)

    async def token(self) -> Token:
        """Return the credential itself, for git: limits hold for its minting as for a request."""

        async def keep(token: Token) -> Token:
            return token

        return cast("Token", await self._repeat(self._gate.reading, keep))

    def forget(self, token: Token) -> None:
        """Have the next request mint another credential: git was refused with this one."""
        self._github.tokens.forget(self._grant, token)

    async def _query(self, turn: _Turn, text: str, variables: Mapping[str, Any]) -> QueryAnswer:
        async def send(token: Token) -> Any:
            transport = self._github.transport
            return await transport.query(text, variables=variables, token=token.text)

        answer = await self._repeat(turn, send)
        errors = tuple(map(_error, answer.get("errors") or []))
        return QueryAnswer(answer.get("data") or {}, errors)

    def _rest(
        self, method: str, url: str, variables: Mapping[str, Any], data: object = b""
    ) -> Send:
        async def send(token: Token) -> Any:
            return await self._github.transport.send(
                method, url, variables=variables, data=data, token=token.text
            )

        return send

    async def _repeat(self, turn: _Turn, send: Send) -> Any:
        for wait in RETRY_WAITS_SECONDS:
            try:
                return await self._once(turn, send)
            except TransientError:
                await self._github.pause(wait)
        return await self._once(turn, send)

    async def _once(self, turn: _Turn, send: Send) -> Any:
        async with turn():
            token = await self._github.tokens.token(self._grant)
            try:
                return await self._ask(send, token)
            except RefusedError as refusal:
                if refusal.status != 401:
                    raise
            self._github.tokens.forget(self._grant, token)
            return await self._ask(send, await self._github.tokens.token(self._grant))

    async def _ask(self, send: Send, token: Token) -> Any:
        with speaking_for(self._grant.installation_id):
            return await self._github.tokens.ask_patiently(
                send, token, is_refusal=_is_refusal, pause=self._github.pause
            )


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, RefusedError) and error.status in FRESH_REFUSALS


def _error(error: Mapping[str, Any]) -> QueryError:
    names = [step for step in error.get("path") or [] if isinstance(step, str) and step != NODES]
    message = redact(str(error.get("message", "")))
    return QueryError(str(error.get("type", "")), message, names[-1] if names else "")


if TYPE_CHECKING:
    _Turn = Callable[[], AbstractAsyncContextManager[None]]
