"""The whole state of the local GitHub: records in tables, git repositories, what happened."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.sandbox.github.gitrepo import GitRepository
from bot.sandbox.github.oauth import Oauth
from bot.sandbox.github.records import BodyEdit, Issue, TimelineEvent, User, UserType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from bot.sandbox.github.check_records import CheckRun, CheckSuite
    from bot.sandbox.github.records import (
        App,
        Comment,
        Delivery,
        Hook,
        Installation,
        Pull,
        Reaction,
        Registration,
        Repository,
        Review,
        ReviewComment,
        Token,
    )

Number = tuple[int, int]
"""Repository id and issue number."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that Apps are told about: event name, action, and its part of the payload.

    What happens to an installation has no repository, and only its own App is told.
    """

    event: str
    action: str | None
    repository_id: int | None
    sender_id: int
    payload: dict[str, object]
    installation_id: int | None = None


@dataclass(frozen=True, slots=True)
class StaleRead:
    """An older truth that the next `remaining` reads of a pull request still show.

    `pull` is None when they do not find the pull request yet.
    """

    remaining: int
    pull: Pull | None


@dataclass(slots=True)
class State:
    """Tables of records by id; git repositories live in folders below `root`.

    `url` is set when the server knows its port. `silent_long_bodies` switches on what one source
    saw: an over-long issue body answers 200 and is not stored. `lagging_reads` is the number of API
    reads that still show the past after a pull request was opened or its head moved.
    `protected_branches` take no pushes; that `private_members` are members shows nowhere. `locked`
    conversations take no word and no reaction of an App. Issues that `left` are where they were
    transferred to, or (None) deleted. Apps without a hook of their own share `hook_url`;
    `registrations` are kept by the code that fetches them. The `timeline` of a pull request
    holds what is known of in `ITEM_TYPES`.
    """

    root: Path
    clock: Callable[[], float]
    url: str = ""
    hook_url: str = ""
    silent_long_bodies: bool = False
    users: dict[int, User] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    registrations: dict[str, Registration] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    oauth: Oauth = field(default_factory=Oauth)
    repositories: dict[int, Repository] = field(default_factory=dict)
    former_names: dict[str, int] = field(default_factory=dict)
    roles: dict[tuple[int, int], str] = field(default_factory=dict)
    issues: dict[Number, Issue] = field(default_factory=dict)
    pulls: dict[Number, Pull] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    review_comments: dict[int, ReviewComment] = field(default_factory=dict)
    resolved_threads: dict[int, int] = field(default_factory=dict)
    check_suites: dict[int, CheckSuite] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    reactions: dict[int, Reaction] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    redeliveries: list[int] = field(default_factory=list)
    outbox: list[Happening] = field(default_factory=list)
    stale_reads: dict[int, StaleRead] = field(default_factory=dict)
    lagging_reads: int = 0
    protected_branches: set[tuple[int, str]] = field(default_factory=set)
    private_members: set[int] = field(default_factory=set)
    locked: set[Number] = field(default_factory=set)
    left: dict[Number, Number | None] = field(default_factory=dict)
    timeline: dict[Number, tuple[TimelineEvent, ...]] = field(default_factory=dict)
    unknown_commits: dict[str, int] = field(default_factory=dict)
    version: int = 0
    _ids: Iterable[int] = field(default_factory=lambda: itertools.count(1001))

    def next_id(self) -> int:
        """Give out an id that nothing else has."""
        return next(iter(self._ids))

    def remember(self, number: Number, type_name: str, *, before_sha: str = "") -> None:
        """Add to the timeline of a pull request; an issue has none here."""
        if number in self.pulls:
            event = TimelineEvent(number[0], type_name, self.now(), before_sha)
            self.timeline[number] = (*self.timeline.get(number, ()), event)

    def now(self) -> float:
        """Read the clock, in whole seconds as GitHub's timestamps."""
        return float(int(self.clock()))

    @property
    def api_url(self) -> str:
        """Return the root of the REST API, where an Enterprise Server has it."""
        return f"{self.url}/api/v3"

    def git(self, repository_id: int) -> GitRepository:
        """Return the git repository behind a repository."""
        return GitRepository(self.root / f"{repository_id}.git")

    def repository_named(self, full_name: str) -> Repository | None:
        """Find a repository by its present name, in any case."""
        wanted = full_name.lower()
        found = (repo for repo in self.repositories.values() if repo.full_name.lower() == wanted)
        return next(found, None)

    def user_named(self, login: str) -> User | None:
        """Find an account by login, in any case."""
        wanted = login.lower()
        return next((user for user in self.users.values() if user.login.lower() == wanted), None)

    def add_user(self, login: str, kind: UserType) -> User:
        """Register an account."""
        user = User(self.next_id(), login, kind)
        self.users[user.id] = user
        return user

    def next_number(self, repository_id: int) -> int:
        """Give out the next number that issues and pull requests of a repository share."""
        given = (n for repo, n in (*self.issues, *self.left) if repo == repository_id)
        return max(given, default=0) + 1

    def new_issue(
        self, repository: Repository, title: str, body: str | None, *, author: User
    ) -> Issue:
        """Give out the next number for an issue, or the conversation half of a pull request."""
        now, number = self.now(), self.next_number(repository.id)
        issue = Issue(self.next_id(), repository.id, number, title, body, author.id, now, now)
        self.issues[repository.id, number] = issue
        return issue

    def write_body(self, issue: Issue, body: str | None, *, editor_id: int) -> Issue:
        """Replace a body as a whole, whatever stands there, and keep the history of it."""
        now = self.now()
        created = BodyEdit(self.next_id(), issue.author_id, issue.body, issue.created_at)
        edit = BodyEdit(self.next_id(), editor_id, body, now)
        changed = replace(
            issue,
            body=body,
            updated_at=now,
            last_edited_at=now,
            editor_id=editor_id,
            edits=(*(issue.edits or (created,)), edit),
        )
        self.issues[issue.repository_id, issue.number] = changed
        return changed

    def pulls_of(self, repository_id: int) -> list[Pull]:
        """List the pull requests of a repository, newest first."""
        found = [pull for (repo, _), pull in self.pulls.items() if repo == repository_id]
        return sorted(found, key=lambda pull: -pull.number)

    def issue_of(self, pull: Pull) -> Issue:
        """Return the conversation half of a pull request."""
        return self.issues[pull.repository_id, pull.number]

    def is_open(self, pull: Pull) -> bool:
        """Tell whether a pull request still waits."""
        return self.issue_of(pull).state == "open"

    def reviews_of(self, pull: Pull) -> list[Review]:
        """List the reviews of a pull request, oldest first."""
        return [review for review in self.reviews.values() if _of(review, pull)]

    def review_comments_of(self, pull: Pull) -> list[ReviewComment]:
        """List the comments on the diff that are not pending, oldest first."""
        return [
            comment
            for comment in self.review_comments.values()
            if _of(comment, pull) and self.reviews[comment.review_id].state != "PENDING"
        ]

    def comments_of(self, issue: Issue) -> list[Comment]:
        """List the conversation of an issue or pull request, oldest first."""
        return [comment for comment in self.comments.values() if _of(comment, issue)]

    def runs_of(self, suite: CheckSuite) -> list[CheckRun]:
        """List the runs of a suite, oldest first."""
        return [run for run in self.check_runs.values() if run.suite_id == suite.id]

    def role(self, repository_id: int, user_id: int) -> str:
        """Return a user's role, `none` for strangers to a private repository, else `read`."""
        public = not self.repositories[repository_id].private
        return self.roles.get((repository_id, user_id), "read" if public else "none")

    def pull_as_read(self, repository_id: int, number: int) -> Pull | None:
        """Read a pull request as the API answers it, perhaps late behind the truth."""
        pull = self.pulls.get((repository_id, number))
        stale = self.stale_reads.get(pull.id) if pull else None
        if pull is None or stale is None:
            return pull
        self.stale_reads.pop(pull.id)
        if stale.remaining > 1:
            self.stale_reads[pull.id] = StaleRead(stale.remaining - 1, stale.pull)
        return stale.pull

    def knows_commit(self, repository_id: int, sha: str) -> bool:
        """Tell whether the API finds a commit, a fork's perhaps only after some requests."""
        remaining = self.unknown_commits.get(sha, 0)
        if remaining:
            self.unknown_commits[sha] = remaining - 1
            return False
        return self.git(repository_id).commit_id(sha) == sha


def _of(record: Comment | Review | ReviewComment, target: Issue | Pull) -> bool:
    return (record.repository_id, record.number) == (target.repository_id, target.number)


def graphql_login(user: User) -> str:
    """Write a login as GraphQL does: a bot has no `[bot]` there."""
    return user.login.removesuffix("[bot]") if user.type is UserType.BOT else user.login


def iso(seconds: float) -> str:
    """Write a time as GitHub does: UTC, whole seconds, `Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(seconds: float | None) -> str | None:
    """Write a time, or null."""
    return None if seconds is None else iso(seconds)
