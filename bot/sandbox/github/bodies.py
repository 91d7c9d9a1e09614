"""Request bodies as GitHub's schemas declare them, refused in GitHub's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.github.answers import RefusedError, invalid_request

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Timestamp = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
]
Level = Literal["read", "write", "admin"]
Side = Literal["LEFT", "RIGHT"]
Event = Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"]
# `waiting`, `requested`, `pending` and `stale` are GitHub's own to set.
Status = Literal["queued", "in_progress", "completed"]
Conclusion = Literal[
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"
]
_TYPES = {
    "string_type": "a string",
    "int_type": "an integer",
    "bool_type": "a boolean",
    "list_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
}


class Body(BaseModel):
    """A request body: no unknown key, no coercion, no null; `sent` tells what was left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def sent(self, name: str) -> bool:
        """Tell whether the request named a field at all."""
        return name in self.model_fields_set


class AccessTokenBody(Body):
    """POST /app/installations/{id}/access_tokens."""

    repositories: list[str] = Field(default=[], max_length=500)
    repository_ids: list[int] = Field(default=[], max_length=500)
    permissions: dict[str, Level] = {}


class DeleteTokenBody(Body):
    """DELETE /applications/{client_id}/token."""

    access_token: str


class AnnotationBody(Body):
    """One annotation of a check run; its sizes are checked by the rules of check runs."""

    path: str
    start_line: int
    end_line: int
    annotation_level: Literal["notice", "warning", "failure"]
    message: str
    title: str = ""
    raw_details: str = ""
    start_column: int = 0
    end_column: int = 0


class ImageBody(Body):
    """An image of a check run's output."""

    alt: str
    image_url: str
    caption: str = ""


class OutputBody(Body):
    """A check run's output; `title` is required on create only."""

    title: str = ""
    summary: str
    text: str = ""
    annotations: list[AnnotationBody] = Field(default=[], max_length=50)
    images: list[ImageBody] = []


class CreatedOutputBody(OutputBody):
    """A new check run's output."""

    title: str


class ActionBody(Body):
    """A button of a check run."""

    label: str = Field(max_length=20)
    description: str = Field(max_length=40)
    identifier: str = Field(max_length=20)


class CheckRunBody(Body):
    """PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}."""

    name: str = ""
    details_url: str = ""
    external_id: str = ""
    status: Status = "queued"
    conclusion: Conclusion = "neutral"
    started_at: Timestamp = ""
    completed_at: Timestamp = ""
    output: OutputBody = OutputBody(summary="")
    actions: list[ActionBody] = Field(default=[], max_length=3)


class CreateCheckRunBody(CheckRunBody):
    """POST /repos/{owner}/{repo}/check-runs."""

    name: str = Field(min_length=1)
    head_sha: str
    output: CreatedOutputBody = CreatedOutputBody(title="", summary="")


class DraftCommentBody(Body):
    """One comment of a review's batch: it takes no `subject_type`."""

    path: str
    body: str
    line: int = 0
    side: Side = "RIGHT"
    start_line: int = 0
    start_side: Side = "RIGHT"
    position: int = 0


class CreateReviewBody(Body):
    """POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews."""

    commit_id: str = ""
    body: str = ""
    event: Annotated[str, Field(pattern="^(APPROVE|REQUEST_CHANGES|COMMENT)$")] = "PENDING"
    comments: list[DraftCommentBody] = []


class SubmitReviewBody(Body):
    """POST …/reviews/{review_id}/events."""

    event: Event
    body: str = ""


class CreateReviewCommentBody(Body):
    """POST /repos/{owner}/{repo}/pulls/{pull_number}/comments."""

    body: str
    commit_id: str = ""
    path: str = ""
    line: int = 0
    side: Side = "RIGHT"
    start_line: int = 0
    start_side: Side = "RIGHT"
    position: int = 0
    in_reply_to: int = 0
    subject_type: Literal["line", "file"] = "line"


class TextBody(Body):
    """A body with nothing but text: comments, replies, edited reviews."""

    body: str


class ReactionBody(Body):
    """POST …/reactions."""

    content: Literal["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]


class IssueBody(Body):
    """PATCH /repos/{owner}/{repo}/issues/{issue_number}, without what needs push access."""

    title: str | None = None
    body: str | None = None
    state: Literal["open", "closed"] = "open"
    state_reason: Literal["completed", "not_planned", "duplicate", "reopened"] | None = None


AnyBody = TypeVar("AnyBody", bound=Body)


def parse(model: type[AnyBody], json: object) -> AnyBody:
    """Validate a decoded body; refuse the first error in GitHub's words."""
    try:
        return model.model_validate(json)
    except ValidationError as error:
        raise refusal(error.errors()[0]) from error


def refusal(error: ErrorDetails) -> RefusedError:
    """Word a schema error as GitHub's validator does."""
    location = [str(part) for part in error["loc"]]
    name = location[-1] if location else "body"
    where = "/".join(("properties", *location[:-1])) if len(location) > 1 else ""
    prefix = f"For '{where}', " if where else ""
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing":
            detail = f'{prefix}"{name}" wasn\'t supplied.'
        case "extra_forbidden":
            detail = f'{prefix}"{name}" is not a permitted key.'
        case "too_long":
            detail = (
                f"For 'properties/{'/'.join(location)}', No more than {limits['max_length']} items "
                f"are allowed; {limits['actual_length']} were supplied."
            )
        case "string_too_long":
            detail = (
                f"For 'properties/{'/'.join(location)}', Only {limits['max_length']} characters "
                f"are allowed; {len(error['input'])} were supplied."
            )
        case kind if kind in _TYPES:
            detail = (
                f"For 'properties/{'/'.join(location)}', {_shown(error)} is not {_TYPES[kind]}."
            )
        case _:
            detail = f"For 'properties/{'/'.join(location)}', {_shown(error)} is not valid."
    return invalid_request(detail)


def _shown(error: ErrorDetails) -> str:
    value = error["input"]
    return "nil" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
