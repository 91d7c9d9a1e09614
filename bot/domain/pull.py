"""A pull request as it stands on GitHub: the frozen state that one read brings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.conversation import Remark
    from bot.domain.jobs import RepositoryRef
    from bot.domain.markdown import Markers

OWNER_REPOSITORY = ".github"
OWNER_CONFIG_PATH = "ssot.yml"


class PullState(StrEnum):
    """Whether a pull request can still change."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


class HeadRepository(StrEnum):
    """Where the head branch lives; `GONE` when its fork was deleted."""

    SAME = "same"
    FORK = "fork"
    GONE = "gone"


class ConfigSource(StrEnum):
    """Where the config that decides was found, in the order in which it is looked for."""

    BASE = "base"
    OWNER = "owner"
    HEAD = "head"  # the change adds the first one: a preview, it judges nothing
    DEFAULT = "default"  # only the default branch has one: this branch is not checked
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A repository's config as text, and the id of its blob."""

    source: ConfigSource
    text: str = ""
    oid: str = ""


NO_CONFIG = ConfigFile(ConfigSource.NONE)


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run of ours, made for pull request `number` (0 when just made for the one at hand).

    `digest` is its verdict's, empty until it is completed; `group_base` what the group stands on
    that it judges, empty for the run of a pull request.
    """

    id: int
    number: int = 0
    completed: bool = False
    digest: str = ""
    group_base: str = ""
    annotations_count: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    """An inline comment of ours, the first of its thread; `line` is the last one known.

    `replied` tells that others wrote in its thread.
    """

    id: int
    node_id: str
    thread_id: str
    path: str
    line: int
    body: str
    markers: Markers
    minimized: bool = False
    resolved: bool = False
    replied: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where a pull request stands: its head and the tip of its base branch."""

    head_sha: str
    base_sha: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What may change while a pull request is reviewed, and makes the review pointless.

    `siblings` are the numbers of the other open pull requests with this head, in order.
    """

    position: Position
    state: PullState = PullState.OPEN
    draft: bool = False
    siblings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Pull request `number`: what it is, the config that judges it, and what stands of ours.

    `position.base_sha` is the tip of the base branch, not the merge base. `listed` are the
    fingerprints that review bodies of ours name instead of an inline comment. `runs` are those of
    the head, also of its siblings, newest last; `left_runs` are those that this pull request has
    in progress on earlier heads. `left_behind` are the other open pull requests on the head that a
    push took this one away from: the verdict there speaks of both. `author_id` is 0 for whoever is
    no person. `conversation` holds the newest comments that stand at no line, oldest first;
    `conversation_cut` tells that there are older ones. `group_base` is there for a merge queue's
    group alone: the commit that it stands on. `links` are the issues of its repository that it
    speaks of.
    """

    installation_id: int
    repository: RepositoryRef
    number: int
    title: str
    author: str
    state: PullState
    draft: bool
    position: Position
    base_ref: str
    default_branch: str
    head_repository: HeadRepository
    config: ConfigFile
    runs: tuple[CheckRun, ...] = ()
    comments: tuple[Comment, ...] = ()
    listed: frozenset[str] = frozenset()
    siblings: tuple[int, ...] = ()
    left_runs: tuple[CheckRun, ...] = ()
    left_behind: tuple[int, ...] = ()
    author_id: int = 0
    head_ref: str = ""
    head_message: str = ""
    group_base: str = ""
    conversation: tuple[Remark, ...] = ()
    conversation_cut: bool = False
    links: tuple[int, ...] = ()

    @property
    def moment(self) -> Moment:
        """What must still be so when the review is posted."""
        return Moment(self.position, self.state, self.draft, self.siblings)

    @property
    def leader(self) -> int:
        """The lowest number on this head: its job judges all of them, in one check run."""
        return min((self.number, *self.siblings))

    @property
    def unfinished_runs(self) -> tuple[CheckRun, ...]:
        """The runs of its own on this head that jobs left in progress, newest last."""
        return tuple(run for run in self.runs if run.number == self.number and not run.completed)

    @property
    def verdict(self) -> CheckRun | None:
        """The newest completed run: what GitHub shows on this head."""
        return next((run for run in reversed(self.runs) if run.completed), None)

    def external_id(self, digest: str) -> str:
        """Name a check run: whose it is and which verdict it shows.

        No delivery but the first tells what a group stands on, so its run has to.
        """
        return f"v1:{self.repository.id}:{self.number}:{digest}{self.group_base}"
