"""Repositories made on the fly, and a git server over HTTP that can be made to refuse."""

from __future__ import annotations

import gzip
import os
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.git.mirror import Mirror
from bot.git.snapshot import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bot.git.pull import Pull

EVERYTHING = Scope(analysed=lambda path: True)

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Author:
    """A person at work in one repository, with git as it is."""

    folder: Path

    def git(self, *arguments: str | bytes, stdin: bytes = b"", **environment: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            input=stdin,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **IDENTITY, **environment},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def tree(self, *entries: tuple[str, str, str, bytes]) -> str:
        """Make a tree of (mode, type, id, name) whatever git would say to it in an index."""
        lines = (
            f"{mode} {kind} {oid}\t".encode() + name + b"\0" for mode, kind, oid, name in entries
        )
        return self.git("mktree", "-z", "--missing", stdin=b"".join(lines))

    def tree_bomb(self) -> str:
        """Make a tree of ten billion paths out of twelve objects."""
        tree = self.tree(("100644", "blob", self.blob(b"1\n"), b"a.py"))
        for _ in range(10):
            tree = self.tree(*(("040000", "tree", tree, b"d%d" % n) for n in range(10)))
        return tree

    def commit_tree(self, tree: str) -> str:
        return self.git("commit-tree", tree, "-m", "made")

    def objects(self) -> set[str]:
        """Return all files of the repository, to see that nothing was written to it."""
        return {str(path) for path in (self.folder / ".git").rglob("*")}


@dataclass
class Server:
    """A git server: counts requests, can ask for a token, and not know an object by its id."""

    url: str
    token: str = ""
    hidden: frozenset[str] = frozenset()  # given away only to those who asked for its ref
    redirects: dict[str, str] = field(default_factory=dict)  # part of a path -> what it became
    on_request: Callable[[], None] = lambda: None
    requests: list[str] = field(default_factory=list)


class Clock:
    """Time as the test wants it, in Unix seconds, and a sleep that only takes notes."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()


def pull(mirror: Mirror, base: str, head: str, *, number: int = 7, token: str = "") -> Pull:
    return mirror.fetch_commits(base=base, head=head, number=number, token=token)


def packs(generation: Path) -> list[Path]:
    return sorted((generation / "objects" / "pack").glob("*.pack"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: ClassVar[Path]
    server_state: ClassVar[Server]

    def do_GET(self) -> None:
        for old, new in self.server_state.redirects.items():
            if old in self.path:
                self._redirect(self.path.replace(old, new))
                return
        path, _, _ = self.path.removesuffix("?service=git-upload-pack").partition("/info/refs")
        advert = b"001e# service=git-upload-pack\n0000"
        self._answer("advertisement", path, b"", prefix=advert, flags=("--http-backend-info-refs",))

    def do_POST(self) -> None:
        body = self._body()
        state = self.server_state
        if b"ref-prefix refs/pull/" in body:
            state.hidden = frozenset()
        for oid in state.hidden:
            if f"want {oid}".encode() in body:
                error = f"ERR upload-pack: not our ref {oid}".encode()
                packet = b"%04x" % (len(error) + 4) + error
                self._send(200, "application/x-git-upload-pack-result", packet)
                return
        self._answer("result", self.path.removesuffix("/git-upload-pack"), body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def _chunk(self) -> bytes:
        chunk = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return chunk

    def _answer(
        self, kind: str, path: str, body: bytes, *, prefix: bytes = b"", flags: tuple[str, ...] = ()
    ) -> None:
        state = self.server_state
        state.requests.append(f"{self.command} {self.path}")
        state.on_request()
        if state.token and self.headers.get("Authorization") != f"Basic {state.token}":
            self._send(401, "text/plain", b"no")
            return
        done = subprocess.run(
            ["git", "upload-pack", "--stateless-rpc", *flags, str(self.root / path.lstrip("/"))],
            input=body,
            env={
                "PATH": os.environ["PATH"],
                **IDENTITY,
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            },
            capture_output=True,
            check=False,
        )
        self._send(200, f"application/x-git-upload-pack-{kind}", prefix + done.stdout)

    def _redirect(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def author(tmp_path: Path) -> Author:
    folder = tmp_path / "work"
    folder.mkdir()
    author = Author(folder)
    author.git("init", "--quiet", "--initial-branch=main")
    author.git("config", "gc.auto", "0")  # it removes folders while the next commit is made
    return author


@pytest.fixture
def server(author: Author, tmp_path: Path) -> Iterator[Server]:
    """Serve the author's repository as GitHub does: any commit and blob by its id, filters."""
    author.git("config", "uploadpack.allowFilter", "true")
    author.git("config", "uploadpack.allowAnySHA1InWant", "true")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        http.daemon_threads = True
        _Handler.root = tmp_path
        _Handler.server_state = Server(f"http://127.0.0.1:{http.server_address[1]}/work/.git")
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield _Handler.server_state
        http.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mirrors" / "42"


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path.stat().st_mtime + 60)


@pytest.fixture
def mirror(server: Server, folder: Path, clock: Clock) -> Mirror:
    return Mirror(folder.parent, 42, remote_url=server.url, sleep=clock.sleep, clock=clock)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the settings of whoever runs the tests out."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    return home
