"""What the census of a default branch needs of the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.domain.issue import numberless
from bot.domain.pull import ConfigSource
from checks.config import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.issue import Merged
    from bot.domain.jobs import Job, RepositoryRef
    from bot.domain.ports import Queue
    from bot.domain.pull import ConfigFile
    from checks.census import Census
    from checks.config import Config


# A branch may move 557 times on a day, mostly in bursts: the last commit of one is enough.
INTERVAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Tip:
    """The default branch as it stands on GitHub: its newest commit, and the config there.

    `merged` are the pull requests that were merged last, into any branch.
    """

    installation_id: int
    repository: RepositoryRef
    branch: str
    sha: str
    config: ConfigFile
    merged: tuple[Merged, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Tell whether the config is the one that the owner shares."""
        return self.config.source is ConfigSource.OWNER

    def parsed(self) -> Config:
        """Read the config as it holds in this repository; raise `ConfigError`."""
        return _parsed(self.config.text, is_shared=self.is_shared)


@dataclass(frozen=True, slots=True)
class Measured:
    """The census of a tip; `config_text` is what it was taken by, `taken_at` Unix time.

    `merged` are the pull requests that were merged last when it was looked at. `is_shared` tells
    that the config is the one that the owner shares.
    """

    census: Census
    config_text: str
    taken_at: float
    merged: tuple[Merged, ...] = ()
    is_shared: bool = False

    def is_of(self, tip: Tip) -> bool:
        """Tell whether another census of this tip would say the same."""
        config = (tip.config.text, tip.is_shared)
        return self.census.rev == tip.sha and (self.config_text, self.is_shared) == config

    def config(self) -> Config:
        """Read the config that it was taken by, as it holds in this repository."""
        return _parsed(self.config_text, is_shared=self.is_shared)


def _parsed(text: str, *, is_shared: bool) -> Config:
    """Read a config; the numbers in one that is shared name no issue here."""
    config = parse(text)
    return numberless(config) if is_shared else config


class Branches(Protocol):
    """Reads of the default branch."""

    async def tip(self, job: Job) -> Tip | None:
        """Read the tip of the job's repository; None when there is no commit, or no repository."""
        ...


class Measure(Protocol):
    """The engine on a whole tree, fed by git."""

    async def __call__(self, tip: Tip, config: Config) -> Census:
        """Take the census of a tip's tree."""
        ...


class Censuses(Protocol):
    """The last census of each repository: a cache, that of nobody's is taken anew."""

    async def last(self, repository_id: int) -> Measured | None:
        """Return the last census that was kept."""
        ...

    async def keep(self, repository_id: int, measured: Measured) -> None:
        """Keep a census in place of the last one."""
        ...


class CensusShelf(Censuses, Protocol):
    """Where censuses are kept until their repository is gone."""

    async def purge(self, repository_id: int) -> None:
        """Drop all that is kept of a repository."""
        ...


@dataclass(frozen=True, slots=True)
class CensusPorts:
    """The world of a census; `clock` tells Unix time, `interval_seconds` how often one is taken."""

    branches: Branches
    measure: Measure
    censuses: Censuses
    queue: Queue
    clock: Callable[[], float]
    interval_seconds: float = INTERVAL_SECONDS
