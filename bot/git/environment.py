"""The environment that git runs in: built from nothing, so that no setting of a person leaks in."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.domain.meter import UNMEASURED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.domain.meter import Meter

FIXED = {
    "HOME": "/nonexistent",
    "LC_ALL": "C",  # error texts are matched
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace/* changes what diff-tree shows
    "GIT_NO_LAZY_FETCH": "1",  # unknown before git 2.44; GIT_ALLOW_PROTOCOL holds for all
    "GIT_OPTIONAL_LOCKS": "0",
    # Wins over protocol.*.allow of any repository's config: a read cannot reach the network.
    "GIT_ALLOW_PROTOCOL": "none",
}

CONFIG = {
    "safe.directory": "*",  # nothing here runs what the repository's config names
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.fsmonitor": "false",  # a command that even diff-tree runs where there is a work tree
    "diff.suppressBlankEmpty": "false",  # even plumbing obeys it, and hunks would not add up
    "core.bigFileThreshold": "1m",  # one 400 MB blob: 10 MB of memory instead of 385 MB
    "core.packedGitWindowSize": "16m",  # else a large pack cannot be mapped under our own limit
    "core.packedGitLimit": "64m",
    "pack.threads": "1",
    "gc.auto": "0",
    "maintenance.auto": "false",
}

FETCH_CONFIG = {
    "remote.origin.promisor": "true",
    "remote.origin.partialCloneFilter": "blob:none",
    "http.followRedirects": "false",
    "credential.helper": "",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "advice.fetchShowForcedUpdates": "false",
}

# What an operator sets so that the network works at all.
NETWORK = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "GIT_SSL_CAINFO")
PERSONAL = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where to fetch from, and the token that may: it lives in the fetch's environment only."""

    url: str
    token: str = field(default="", repr=False)
    meter: Meter = field(default=UNMEASURED, repr=False, compare=False)


def anywhere() -> dict[str, str]:
    """Return the environment in which git looks for the repository around its folder."""
    return _environment(CONFIG)


def reading(git_dir: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for reading `git_dir`; `more` are further configuration keys."""
    return _environment(CONFIG | dict(more or {})) | {"GIT_DIR": str(git_dir)}


def personal(git_dir: Path) -> dict[str, str]:
    """Return the environment that knows the person's settings too, such as what they ignore."""
    own = {name: os.environ[name] for name in PERSONAL if name in os.environ}
    fixed = {name: value for name, value in reading(git_dir).items() if name not in PERSONAL}
    return fixed | own


def fetching(
    git_dir: Path, remote: Remote, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of a fetch: the only place where URL, token and promisor stand.

    `more` are further configuration keys.
    """
    server = urlsplit(remote.url)
    config = FETCH_CONFIG | {"remote.origin.url": remote.url} | dict(more or {})
    if remote.token:
        credentials = b64encode(f"x-access-token:{remote.token}".encode()).decode()
        header = f"http.{server.scheme}://{server.netloc}/.extraHeader"
        config[header] = f"Authorization: Basic {credentials}"
    network = {name: os.environ[name] for name in NETWORK if name in os.environ}
    scheme = server.scheme if server.scheme in {"http", "https"} else "none"
    return reading(git_dir, config) | network | {"GIT_ALLOW_PROTOCOL": scheme}


def _environment(config: Mapping[str, str]) -> dict[str, str]:
    environment = {"PATH": os.environ.get("PATH", os.defpath)} | FIXED
    environment["GIT_CONFIG_COUNT"] = str(len(config))
    for index, (key, value) in enumerate(config.items()):
        environment[f"GIT_CONFIG_KEY_{index}"] = key
        environment[f"GIT_CONFIG_VALUE_{index}"] = value
    return environment
