"""One pull request with every trick at once, reviewed by the real service: nothing happens."""

from __future__ import annotations

import asyncio
import io
import logging
import re
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import ClientSession
from markdown_it import MarkdownIt

from bot import logs
from bot.logs import LogFormat
from bot.sandbox.github.committing import Change
from bot.sandbox.github.people import Opening
from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    import pytest

IMPORT = "from shop.legacy.engine import OldEngine\n"
LOOT = "LOOT-4f1c9a77"
BRANCH = "feature/$(touch${IFS}pwned);`id`|@octocat&<img>--upload-pack=touch"
TRICK = "@octocat <img src=//{trap}> [x](http://{trap}) http://{trap}/ `` ` <!-- ssot:finding=0 -->"
NAMES = (
    "-oProxyCommand=touch pwned.py",
    "--output=pwned.py",
    "$(touch pwned).py",
    "`touch pwned`.py",
    "a;touch pwned;.py",
    "@octocat.py",
    "<img src=x onerror=alert(1)>.py",
    "[x](javascript:alert(1)).py",
    "<!-- ssot:finding=0123456789abcdef -->.py",
    "\x1b]0;pwned\x07.py",
    "\u202eyp.txt.py",
    "two\n::error::lines.py",
    ":(glob)**.py",
    "caf\udce9.py",
    "a|b``c```.py",
    "#1 fixes #2.py",
)
# Hidden comments and foldings that our own texts hold.
OURS = re.compile(r"<!-- ssot:[a-z]+=[0-9A-Za-z/_-]+ -->|</?(?:details|summary|sub|b|br)>")


@dataclass
class Trap:
    """A port that nobody should knock at, and what knocked."""

    port: int = 0
    knocks: list[bytes] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks.append(await reader.read(100))
        writer.close()


@asynccontextmanager
async def _trapped() -> AsyncIterator[Trap]:
    trap = Trap()
    async with await asyncio.start_server(trap.answer, "127.0.0.1") as server:
        trap.port = server.sockets[0].getsockname()[1]
        yield trap


def _bomb(folder: Path, trap: Trap) -> str:
    """Write code that leaves a trace when it is run."""
    knock = f"import socket; socket.create_connection(('127.0.0.1', {trap.port}))"
    return f"open({str(folder / 'pwned')!r}, 'w').close()\n{knock}\n{IMPORT}"


def _files(folder: Path, trap: Trap) -> dict[str, str | bytes | None]:
    bomb, trick = _bomb(folder, trap), TRICK.format(trap=trap.place)
    command = f"touch {folder / 'pwned'}"
    places = ("conftest.py", "setup.py", "sitecustomize.py", "shop/__init__.py", "shop/engine.pyi")
    return {
        **dict.fromkeys(places, bomb),
        **{f"odd/{name}": IMPORT for name in NAMES},
        **{f"dirs/{name}/x.py": IMPORT for name in NAMES},
        ".gitattributes": "*.py filter=evil diff=evil merge=evil -text working-tree-encoding=x\n",
        ".gitmodules": f'[submodule "m"]\n\tpath = m\n\turl = http://{trap.place}/m\n'
        f"\tupdate = !{command}\n",
        ".gitconfig": f'[url "http://{trap.place}/"]\n\tinsteadOf = http\n',
        ".lfsconfig": f"[lfs]\n\turl = http://{trap.place}/\n",
        ".github/ssot.yml": f"{POLICY}ignore: ['**']\nrules: {{forbidden-import: off}}\n",
        "pyproject.toml": f"[build-system]\nbuild-backend = '{command}'\n",
        "cookie.py": f"# -*- coding: rot13 -*-\n{IMPORT}",
        "deep.py": "(" * 60_000,
        "waived.py": f"{IMPORT.strip()}  # ssot: allow[forbidden-import] until=2999-01-01 "
        f'reason="{trick}"\n',
        "strings.py": f"import importlib\nimportlib.import_module('shop.legacy.engine.{trick}')\n",
        "names.py": f"class \u202e\uff20octocatEngine: pass\nclass {'E' * 9000}Engine: pass\n",
    }


def _commit(shop: World, folder: Path, trap: Trap) -> None:
    """Commit files, links out of the repository, a submodule, and a folder named `..`."""
    git = shop.github.state.git(shop.repository.id)
    message = f"Fixes #1\n\n/ssot pause\n{TRICK.format(trap=trap.place)}"
    change = Change(message, 1_700_000_000, git.branch("main"))
    made = git.commit(f"refs/heads/{BRANCH}", _files(folder, trap), change)
    out = git.git("hash-object", "-w", "--stdin", stdin=f"{folder / 'loot.py'}".encode())
    bomb = git.git("hash-object", "-w", "--stdin", stdin=_bomb(folder, trap).encode())
    link, blob = out.decode().strip(), bomb.decode().strip()
    above = f"100644 blob {blob}\tevil.py\x00120000 blob {link}\tloot.py\x00"
    tree = git.git("mktree", "-z", stdin=above.encode()).decode().strip()
    listing = git.git("ls-tree", "-z", made).decode("utf-8", "surrogateescape")
    listing += f"040000 tree {tree}\t..\x00040000 tree {tree}\t.git\x00"
    listing += f"120000 blob {link}\tloot.py\x00160000 commit {made}\tm\x00"
    root = git.git("mktree", "-z", stdin=listing.encode("utf-8", "surrogateescape"))
    author = "author A <a@example.org> 1700000000 +0000\n"
    text = f"tree {root.decode().strip()}\nparent {made}\n{author}committer{author[6:]}\n{message}"
    commit = git.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    git.set_ref(f"refs/heads/{BRANCH}", commit.decode().strip())


async def _open(shop: World, folder: Path, trap: Trap) -> None:
    _commit(shop, folder, trap)
    trick = TRICK.format(trap=trap.place)
    opening = Opening(BRANCH, title=f"Fixes #1 {trick}", body=f"/ssot pause\n{trick}", by="mallory")
    pull = await shop.github.people.open_pull(shop.repository, opening)
    await shop.settle()
    waive = f'/ssot waive forbidden-import ** until=2999-01-01 reason="{trick}"'
    said = (
        waive,
        "/ssot pause",
        f"/ssot explain {trick}",
        f"/ssot {trick}",
        "<!-- ssot:answer=1 -->\n<!-- ssot:finding=0123456789abcdef -->\nDone.",
    )
    for text in said:
        await shop.github.people.comment(pull, text, by="mallory")
    await shop.settle()


def _written(shop: World) -> Iterator[str]:
    """Give every text of ours that stands on GitHub."""
    state, bot = shop.github.state, shop.github.app.bot_id
    for run in shop.runs():
        yield from (run.title or "", run.summary or "", run.text or "")
        yield from (one.message for one in run.annotations)
        yield from (one.title or "" for one in run.annotations)
    yield from (one.body for one in shop.comments() if one.author_id == bot)
    yield from (one.body for one in state.comments.values() if one.author_id == bot)
    yield from shop.review_bodies()


def _formatted(text: str) -> list[str]:
    """List what a text of ours shows that only foreign text can have brought into it."""
    strange = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).enable("table").parse(text):
        children = [token] if token.type == "html_block" else token.children or ()
        for child in children:
            if child.type in {"html_block", "html_inline"}:
                strange += [OURS.sub("", child.content).strip()]
            elif child.type == "text":
                strange += re.findall(r"@\w+|#\d+|https?:|www\.", child.content)
            elif child.type in {"image", "link_open"}:
                strange += [str(child.attrs)]
    return [one for one in strange if one]


def _secrets(shop: World) -> list[str]:
    github = shop.github
    key = "".join(github.private_key.splitlines()[1:3])
    return [*github.state.tokens, github.webhook_secret, key[:40], LOOT]


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """Yield what the service logs."""
    root, told = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure(log_format=LogFormat.TEXT, level="INFO", stream=told)
    try:
        yield told
    finally:
        root.handlers[:], root.level = handlers, level


async def test_hostile_pull_request_reaches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "loot.py").write_text(f"{IMPORT}{LOOT} = 1\n")
    monkeypatch.chdir(folder)
    with _logged() as told:
        async with _trapped() as trap, world(tmp_path, FILES) as shop:
            await _attack_and_look(shop, trap, tmp_path, told)


async def _attack_and_look(shop: World, trap: Trap, folder: Path, told: io.StringIO) -> None:
    await _open(shop, folder / "outside", trap)

    assert _names(folder / "outside") == ["loot.py"]
    assert trap.knocks == []
    assert shop.verdict()[1] == "failure"
    assert len(shop.comments()) == 20
    written = list(_written(shop))
    assert [one for text in written for one in _formatted(text)] == []
    async with ClientSession() as session, session.get(f"{shop.service.url}/metrics") as page:
        shown = [*written, told.getvalue(), await page.text()]
    assert len(_secrets(shop)) > 4
    assert [one for one in _secrets(shop) for text in shown if one in text] == []
    assert [one for one in _secrets(shop) if _is_kept(folder / "data", one)] == []


def _is_kept(folder: Path, secret: str) -> bool:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(secret.encode() in path.read_bytes() for path in files)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
