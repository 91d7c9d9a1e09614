"""Git's smart HTTP protocol, read only, in front of `git upload-pack`."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.answers import RefusedError
from bot.sandbox.github.faults import Script, faulty, taken
from bot.sandbox.github.gitrepo import git_binary, git_environment
from bot.sandbox.github.permissions import allows
from bot.sandbox.github.viewer import token_viewer

if TYPE_CHECKING:
    from bot.sandbox.github.records import Repository
    from bot.sandbox.github.state import State

_SERVICE = "git-upload-pack"
_CHUNK_BYTES = 65_536
_BASIC = {"WWW-Authenticate": 'Basic realm="GitHub"'}


@dataclass(frozen=True, slots=True)
class GitRequest:
    """One git HTTP request of the log, and how many bytes of answer it cost."""

    method: str
    path: str
    status: int
    sent_bytes: int = 0


class GitHttp:
    """Serves clones and fetches to tokens that may read the contents of the repository."""

    def __init__(self, state: State) -> None:
        self.requests: list[GitRequest] = []
        self.scripts: list[Script] = []  # faults, by `/{owner}/{repo}.git/…`
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """List the routes below `/{owner}/{repo}.git`."""
        root = "/{owner}/{repo}.git"
        return [
            web.get(f"{root}/info/refs", self._logged_refs),
            web.post(f"{root}/{_SERVICE}", self._logged_pack),
        ]

    async def _logged_refs(self, request: web.Request) -> web.StreamResponse:
        return await self._logged(request, "--advertise-refs")

    async def _logged_pack(self, request: web.Request) -> web.StreamResponse:
        return await self._logged(request, "")

    async def _logged(self, request: web.Request, option: str) -> web.StreamResponse:
        fault = taken(self.scripts, request.method, request.path)
        if fault is not None:
            self.requests.append(GitRequest(request.method, request.path, fault.status))
            return await faulty(request, fault)
        refused = self._refusal(request, option)
        if refused is not None:
            self.requests.append(GitRequest(request.method, request.path, refused.status))
            return refused
        repository = self._named(request)
        assert repository is not None
        response = await self._upload_pack(request, repository, option)
        sent = response.body_length
        self.requests.append(GitRequest(request.method, request.path, 200, sent))
        return response

    def _refusal(self, request: web.Request, option: str) -> web.Response | None:
        if option and request.query.get("service") != _SERVICE:
            return web.Response(status=403, text="Please upgrade your git client.\n")
        try:
            viewer = token_viewer(self._state, _password(request))
        except RefusedError as refused:
            headers = _BASIC if refused.status == 401 else {}
            return web.Response(status=refused.status, text=refused.message, headers=headers)
        repository = self._named(request)
        if repository is None or not viewer.sees(repository.id):
            return web.Response(status=404, text="Repository not found.\n")
        if not allows(viewer.permissions, "contents", "read"):
            return web.Response(status=403, text="Resource not accessible by integration\n")
        asked = f"{request.match_info['owner']}/{request.match_info['repo']}"
        if asked.lower() != repository.full_name.lower():
            location = f"/{repository.full_name}.git{request.path.partition('.git')[2]}"
            query = f"?{request.query_string}" if request.query_string else ""
            return web.Response(status=301, headers={"Location": location + query})
        return None

    def _named(self, request: web.Request) -> Repository | None:
        full_name = f"{request.match_info['owner']}/{request.match_info['repo']}"
        former_id = self._state.former_names.get(full_name.lower(), 0)
        return self._state.repository_named(full_name) or self._state.repositories.get(former_id)

    async def _upload_pack(
        self, request: web.Request, repository: Repository, option: str
    ) -> web.StreamResponse:
        protocol = request.headers.get("Git-Protocol", "")
        path = str(self._state.git(repository.id).path)
        options = [option] if option else []
        process = await asyncio.create_subprocess_exec(
            git_binary(),
            "upload-pack",
            "--stateless-rpc",
            "--strict",
            *options,
            path,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**git_environment(), "GIT_PROTOCOL": protocol},
        )
        kind = "advertisement" if option else "result"
        response = web.StreamResponse(headers={"Cache-Control": "no-cache"})
        response.content_type = f"application/x-{_SERVICE}-{kind}"
        try:
            await response.prepare(request)
            if option and "version=2" not in protocol:
                await response.write(b"001e# service=git-upload-pack\n0000")
            await _pump(process, await request.read(), response)
        finally:
            await _end(process)
        return response


async def _pump(
    process: asyncio.subprocess.Process, body: bytes, response: web.StreamResponse
) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(body)
    process.stdin.close()
    while chunk := await process.stdout.read(_CHUNK_BYTES):
        await response.write(chunk)
    await response.write_eof()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None and process.stdout is not None and not process.stdout.at_eof():
        process.kill()
    await process.wait()


def _password(request: web.Request) -> str:
    """Read the token of `Basic x-access-token:TOKEN`; nothing else is a token."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    user, _, password = decoded.partition(":")
    return password if scheme.lower() == "basic" and user == "x-access-token" else ""
