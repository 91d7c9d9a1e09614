"""Findings, configs and pull requests to test with; each test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from bot.domain.jobs import RepositoryRef
from bot.domain.markdown import parse as parse_markers
from bot.domain.pull import (
    Comment,
    ConfigFile,
    ConfigSource,
    HeadRepository,
    Position,
    PullRequest,
    PullState,
)
from checks.config import Config, parse
from checks.model import Analysis, Finding, Kind, Severity, Span, Status

HEAD = "a" * 40
BASE = "b" * 40
MERGE_BASE = "c" * 40

CONFIG = """\
version: 1
concepts:
  engine:
    about: One engine per request.
    docs: https://example.org/engine
    canonical: [shop.engine:Engine]
"""


def config(**report: object) -> Config:
    lines = [f"  {key.replace('_', '-')}: {value}\n" for key, value in report.items()]
    return parse(CONFIG + ("report:\n" + "".join(lines) if lines else ""))


def finding(path: str = "shop/cart.py", line: int = 3, **changes: Any) -> Finding:
    symbol = changes.get("symbol", "shop.old.Engine")
    rule = changes.get("rule", "forbidden-import")
    name = f"{rule} {path} {symbol} {changes.pop('rank', line)}"
    found = Finding(
        rule="forbidden-import",
        severity=Severity.ERROR,
        status=Status.NEW,
        path=path,
        span=Span(line, 5, line, 20),
        symbol=symbol,
        kind=Kind.FROM,
        message="shop.old is deprecated, use shop.engine",
        fingerprint=sha256(name.encode(errors="surrogatepass")).hexdigest()[:16],
        concept="engine",
        anchored=True,
    )
    return replace(found, **changes)


def analysis(*findings: Finding, **changes: Any) -> Analysis:
    return Analysis(MERGE_BASE, HEAD, findings, files_changed=2, files_analyzed=2, **changes)


def pull(**changes: Any) -> PullRequest:
    made = PullRequest(
        installation_id=7,
        repository=RepositoryRef(42, "octo", "shop"),
        number=12,
        title="Add a cart",
        author="ada",
        state=PullState.OPEN,
        draft=False,
        position=Position(HEAD, BASE),
        base_ref="main",
        default_branch="main",
        head_repository=HeadRepository.SAME,
        config=ConfigFile(ConfigSource.BASE, CONFIG, "d" * 40),
        author_id=5,
        head_ref="change",
    )
    return replace(made, **changes)


def comment(number: int, path: str, line: int, body: str) -> Comment:
    return Comment(number, f"C_{number}", f"T_{number}", path, line, body, parse_markers(body))
