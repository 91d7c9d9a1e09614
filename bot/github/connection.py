"""How GitHub sees us: the App, its hook, what was delivered, where it is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.github import auth, names
from bot.github.address import HOOK_CONFIG
from checks.config import CONFIG_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.jobs import RepositoryRef
    from bot.github.client import GitHub
    from bot.github.configs import OwnerConfigs
    from bot.github.sweeps import Sweeps

    Node = Mapping[str, Any]

APP = "/app"
DELIVERIES = "/app/hook/deliveries?per_page=30"
AGAIN = "/app/hook/deliveries/{id}/attempts"
INSTALLATIONS = "/app/installations?per_page=100"
# One token and one query each: enough to find the first config of a new installation.
MAX_REPOSITORIES = 30
HAS_CONFIG = """
query HasConfig($owner: String!, $name: String!, $config: String!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { target { ... on Commit { config: file(path: $config) { oid } } } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """The App as its owner registered it; `html_url` is its page."""

    name: str
    html_url: str
    permissions: Mapping[str, str]
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class RegisteredHook:
    """Where deliveries go; GitHub shows of a secret only whether there is one."""

    url: str
    content_type: str
    has_secret: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt at a delivery, and what answered: 0 when nothing did."""

    id: int
    event: str
    status_code: int

    @property
    def succeeded(self) -> bool:
        """Tell whether GitHub was answered with 2xx."""
        return 200 <= self.status_code < 300


@dataclass(frozen=True, slots=True)
class InstalledOn:
    """An account that has the App."""

    id: int
    account: str
    suspended: bool


class Connection:
    """Reads of the set-up's check list; every method raises `RefusedError` and the like."""

    def __init__(self, github: GitHub, sweeps: Sweeps, configs: OwnerConfigs) -> None:
        self._github = github
        self._sweeps = sweeps
        self._configs = configs

    async def app(self) -> RegisteredApp:
        """Read who we are; GitHub refuses with 401 where id and key do not belong together."""
        found = await self._read(APP)
        return RegisteredApp(
            name=str(found["name"]),
            html_url=str(found["html_url"]),
            permissions={str(name): str(level) for name, level in found["permissions"].items()},
            events=frozenset(map(str, found["events"])),
        )

    async def hook(self) -> RegisteredHook:
        """Read where GitHub delivers to."""
        found = await self._read(HOOK_CONFIG)
        return RegisteredHook(
            url=str(found.get("url") or ""),
            content_type=str(found.get("content_type") or "form"),
            has_secret=bool(found.get("secret")),
        )

    async def delivered(self) -> tuple[Delivered, ...]:
        """List the newest deliveries, the newest first."""
        return tuple(_delivered(entry) for entry in await self._read(DELIVERIES))

    async def deliver_again(self, delivery: Delivered) -> None:
        """Ask GitHub to try a delivery once more."""
        await self._github.tokens.as_app("POST", AGAIN.format(id=delivery.id))

    async def installations(self) -> tuple[InstalledOn, ...]:
        """List who has the App."""
        return tuple(_installed_on(entry) for entry in await self._read(INSTALLATIONS))

    async def configured(self, installation: InstalledOn) -> str:
        """Name the first repository of an installation that has a config, `""` when none has."""
        repositories = await self._sweeps.repositories(installation.id)
        for repository in repositories[:MAX_REPOSITORIES]:
            if await self._has_config(installation.id, repository):
                return repository.full_name
        shared = await self._configs.read(installation.id, installation.account)
        return repositories[0].full_name if shared and repositories else ""

    async def _has_config(self, installation_id: int, repository: RepositoryRef) -> bool:
        grant = auth.Grant(installation_id, repository.id, auth.READ_CONTENTS)
        variables = {**names.in_query(repository), "config": CONFIG_PATH}
        answer = await self._github.client(grant).query(HAS_CONFIG, variables)
        branch = (answer.data.get("repository") or {}).get("defaultBranchRef") or {}
        return bool((branch.get("target") or {}).get("config"))

    async def _read(self, url: str) -> Any:
        return await self._github.tokens.as_app("GET", url)


def _delivered(entry: Node) -> Delivered:
    return Delivered(int(entry["id"]), str(entry["event"]), int(entry["status_code"] or 0))


def _installed_on(entry: Node) -> InstalledOn:
    account = str((entry.get("account") or {}).get("login") or "")
    return InstalledOn(int(entry["id"]), account, bool(entry.get("suspended_at")))
