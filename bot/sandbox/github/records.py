"""The records of the local GitHub as frozen data; every time is Unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Permissions = Mapping[str, str]


class UserType(StrEnum):
    """What kind of account acts, in REST's literals and GraphQL's `__typename`."""

    USER = "User"
    BOT = "Bot"
    ORGANIZATION = "Organization"


# The types of a pull request's timeline, as GraphQL asks for them.
ITEM_TYPES: Mapping[str, str] = {
    "BaseRefChangedEvent": "BASE_REF_CHANGED_EVENT",
    "CommentDeletedEvent": "COMMENT_DELETED_EVENT",
    "HeadRefForcePushedEvent": "HEAD_REF_FORCE_PUSHED_EVENT",
    "ReadyForReviewEvent": "READY_FOR_REVIEW_EVENT",
}


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that became of a pull request; a forced push took it away from `before_sha`."""

    repository_id: int
    type_name: str
    created_at: float
    before_sha: str = ""

    @property
    def item_type(self) -> str:
        """Name the type as a query filters by it."""
        return ITEM_TYPES[self.type_name]


@dataclass(frozen=True, slots=True)
class User:
    """An account; a bot's `login` ends in `[bot]` in REST, never in GraphQL."""

    id: int
    login: str
    type: UserType = UserType.USER


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App; `public_key` is the PEM text that verifies its JWTs.

    Without a `name` it is called by its slug.
    """

    id: int
    slug: str
    client_id: str
    owner_id: int
    bot_id: int
    public_key: str
    permissions: Permissions
    events: tuple[str, ...]
    created_at: float
    name: str = ""
    external_url: str = ""
    setup_url: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where an App is told what happens, and the secret that signs it."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Registration:
    """An App that was made of a manifest, whose credentials nobody has fetched yet."""

    app_id: int
    client_secret: str
    private_key: str
    registered_at: float


@dataclass(frozen=True, slots=True)
class Installation:
    """An App on an account; `repository_ids` are the repositories that it was given."""

    id: int
    app_id: int
    account_id: int
    permissions: Permissions
    repository_ids: frozenset[int]
    created_at: float
    suspended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """An installation access token, narrowed to repositories and permissions."""

    text: str
    installation_id: int
    permissions: Permissions
    repository_ids: frozenset[int]
    expires_at: float


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; its commits, trees and branches live in git alone."""

    id: int
    owner: str
    name: str
    default_branch: str
    created_at: float
    private: bool = False
    fork_of: int | None = None

    @property
    def full_name(self) -> str:
        """Join owner and name as GitHub writes them."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class BodyEdit:
    """One entry of a body's history: the text after it."""

    id: int
    editor_id: int
    text: str | None
    edited_at: float


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, or the conversation half of a pull request: both share numbers.

    `edits` is empty until somebody edits the body; from then on it begins with the creation.
    """

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    author_id: int
    created_at: float
    updated_at: float
    state: str = "open"
    state_reason: str | None = None
    closed_at: float | None = None
    last_edited_at: float | None = None
    editor_id: int | None = None
    edits: tuple[BodyEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Pull:
    """The git half of a pull request.

    `base_sha` is the tip of the base branch when the pull request was last synchronised, not the
    merge base. `head_repository_id` is absent when the fork was deleted.
    """

    id: int
    repository_id: int
    number: int
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    head_repository_id: int | None
    draft: bool = False
    merged_at: float | None = None
    merged_by: int | None = None
    merge_commit_sha: str | None = None

    @property
    def from_fork(self) -> bool:
        """Tell whether the head lives in another repository, or in none any more."""
        return self.head_repository_id != self.repository_id


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in the conversation of an issue or a pull request."""

    id: int
    repository_id: int
    number: int
    author_id: int
    body: str
    created_at: float
    updated_at: float
    last_edited_at: float | None = None
    editor_id: int | None = None
    minimized: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review; `PENDING` ones have no `submitted_at` and only their author sees them."""

    id: int
    repository_id: int
    number: int
    author_id: int
    body: str
    state: str
    commit_id: str
    created_at: float
    submitted_at: float | None = None
    minimized: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a review comment stands: 1-based lines of one side of the diff at `commit_id`.

    `line` is None for a comment on a whole file, and for one whose line is gone.
    """

    commit_id: str
    path: str
    line: int | None
    side: str = "RIGHT"
    start_line: int | None = None
    start_side: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment on the diff; `current` follows the head, `original` never changes.

    `reply_to` is the first comment of the thread, whose id names the thread.
    """

    id: int
    repository_id: int
    number: int
    review_id: int
    author_id: int
    body: str
    original: Anchor
    current: Anchor
    diff_hunk: str
    created_at: float
    updated_at: float
    position: int | None = None
    subject_type: str = "line"
    reply_to: int | None = None
    last_edited_at: float | None = None
    editor_id: int | None = None
    minimized: str | None = None

    @property
    def thread_id(self) -> int:
        """Name the thread by its first comment."""
        return self.reply_to or self.id

    @property
    def outdated(self) -> bool:
        """Tell whether the head moved on and took the line away."""
        return self.subject_type == "line" and self.current.line is None


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction of one account to the thing with node id `subject_id`."""

    id: int
    subject_id: str
    user_id: int
    content: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver a webhook; a redelivery keeps `guid`.

    `status_code` is 0 when nothing answered, 504 when the answer took too long.
    """

    id: int
    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    body: bytes
    delivered_at: float
    duration_seconds: float = 0.0
    redelivery: bool = False
    status: str = "pending"
    status_code: int = 0
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""

    @property
    def succeeded(self) -> bool:
        """Tell whether the receiver answered 2xx in time."""
        return 200 <= self.status_code < 300
