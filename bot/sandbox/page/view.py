"""What a page shows, worked out from the state: pull requests, checks, conversation, files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.sandbox.github.diff import DIFF_MAX_FILES, changed_files
from bot.sandbox.github.rest_checks import latest
from bot.sandbox.github.state import iso
from bot.sandbox.page.markdown import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.github.check_records import Annotation, CheckRun
    from bot.sandbox.github.diff import FileDiff, Hunk, Line
    from bot.sandbox.github.records import Comment, Pull, Review, ReviewComment
    from bot.sandbox.github.state import State

GHOST = "ghost"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of pull requests."""

    number: int
    title: str
    author: str
    state: str
    url: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that stands at a line or in the conversation.

    `kind` is `comment`, `outdated` or the level of an annotation; `folded` says why it is folded
    away, `""` when it is not.
    """

    author: str
    when: str
    kind: str
    body: Markup
    folded: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a diff, and what stands below it."""

    old: int | None
    new: int | None
    kind: str
    text: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One changed file; `rows` is empty when there is no diff to show."""

    path: str
    previous_path: str | None
    additions: int
    deletions: int
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One check run of the head."""

    name: str
    app: str
    verdict: str
    title: str
    summary: Markup
    annotations: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class PullPage:
    """A whole pull request."""

    repository: str
    entry: Entry
    base: str
    head: str
    head_sha: str
    description: Markup
    checks: tuple[Check, ...]
    conversation: tuple[Note, ...]
    files: tuple[File, ...]
    left_out: int

    @property
    def waits(self) -> bool:
        """Tell whether a verdict is still to come, so that the page looks again."""
        return not self.checks or any(c.verdict in ("queued", "in progress") for c in self.checks)


def pull_entries(state: State) -> dict[str, list[Entry]]:
    """List the pull requests of every repository that has some."""
    found = {
        repository.full_name: [pull_entry(state, pull) for pull in state.pulls_of(repository.id)]
        for repository in state.repositories.values()
    }
    return {name: entries for name, entries in found.items() if entries}


def pull_entry(state: State, pull: Pull) -> Entry:
    """Sum a pull request up in one line."""
    issue = state.issue_of(pull)
    name = state.repositories[pull.repository_id].full_name
    status = "merged" if pull.merged_at is not None else issue.state
    verdicts = [_verdict(run) for run in _runs(state, pull)]
    return Entry(
        number=pull.number,
        title=issue.title,
        author=_login(state, issue.author_id),
        state="draft" if pull.draft and status == "open" else status,
        url=f"/{name}/pull/{pull.number}",
        verdict=verdicts[0] if verdicts else "no check yet",
    )


def pull_page(state: State, pull: Pull) -> PullPage:
    """Gather all that a pull request's page shows."""
    git = state.git(pull.repository_id)
    merge_base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    files = changed_files(git, merge_base, pull.head_sha)
    head = state.repositories.get(pull.head_repository_id or 0)
    owner = f"{head.owner}:" if head and pull.from_fork else ""
    return PullPage(
        repository=state.repositories[pull.repository_id].full_name,
        entry=pull_entry(state, pull),
        base=pull.base_ref,
        head=f"{owner}{pull.head_ref}",
        head_sha=pull.head_sha,
        description=render(state.issue_of(pull).body or ""),
        checks=tuple(_check(state, run) for run in _runs(state, pull)),
        conversation=(*_conversation(state, pull), *_homeless(state, pull, files)),
        files=tuple(_file(state, pull, file) for file in files[:DIFF_MAX_FILES]),
        left_out=max(0, len(files) - DIFF_MAX_FILES),
    )


def _runs(state: State, pull: Pull) -> list[CheckRun]:
    runs = [
        run
        for run in state.check_runs.values()
        if (run.repository_id, run.head_sha) == (pull.repository_id, pull.head_sha)
    ]
    return latest(sorted(runs, key=lambda run: -run.id))


def _verdict(run: CheckRun) -> str:
    return (run.conclusion or run.status).replace("_", " ")


def _check(state: State, run: CheckRun) -> Check:
    return Check(
        name=run.name,
        app=state.apps[run.app_id].slug,
        verdict=_verdict(run),
        title=run.title or "",
        summary=render(run.summary or ""),
        annotations=tuple(_annotation_note(run, annotation) for annotation in run.annotations),
    )


def _annotation_note(run: CheckRun, annotation: Annotation) -> Note:
    title = f"{annotation.title}: " if annotation.title else ""
    return Note(
        author=run.name,
        when="",
        kind=annotation.annotation_level,
        body=_plain(title + annotation.message),
        at=f"{annotation.path}:{annotation.start_line}",
    )


def _plain(text: str) -> Markup:
    """Show an annotation's message as it is: GitHub renders no Markdown there."""
    return Markup('<p class="plain">{}</p>').format(text)


def _conversation(state: State, pull: Pull) -> list[Note]:
    issue = state.issue_of(pull)
    reviews = [
        review for review in state.reviews_of(pull) if review.state != "PENDING" and review.body
    ]
    said: list[Comment | Review] = [*state.comments_of(issue), *reviews]
    return [
        Note(
            author=_login(state, record.author_id),
            when=iso(record.created_at),
            kind="comment",
            body=render(record.body),
            folded=record.minimized or "",
        )
        for record in sorted(said, key=lambda record: (record.created_at, record.id))
    ]


def _homeless(state: State, pull: Pull, files: tuple[FileDiff, ...]) -> list[Note]:
    """Keep the comments on files that the pull request no longer changes."""
    shown = {file.path for file in files[:DIFF_MAX_FILES]}
    return [
        replace(_comment_note(state, comment), at=comment.current.path)
        for comment in state.review_comments_of(pull)
        if comment.current.path not in shown
    ]


def _file(state: State, pull: Pull, file: FileDiff) -> File:
    comments = [c for c in state.review_comments_of(pull) if c.current.path == file.path]
    annotations = [
        (run, annotation)
        for run in _runs(state, pull)
        for annotation in run.annotations
        if annotation.path == file.path
    ]
    notes: dict[tuple[str, int], list[Note]] = {}
    for comment in comments:
        if comment.current.line is not None:
            key = (comment.current.side, comment.current.line)
            notes.setdefault(key, []).append(_comment_note(state, comment))
    for run, annotation in annotations:
        key = ("RIGHT", annotation.end_line)
        notes.setdefault(key, []).append(_annotation_note(run, annotation))
    return File(
        path=file.path,
        previous_path=file.previous_path,
        additions=file.additions,
        deletions=file.deletions,
        rows=tuple(row for hunk in file.hunks for row in _rows(hunk, notes)),
        notes=tuple(_comment_note(state, c) for c in comments if c.current.line is None),
    )


def _rows(hunk: Hunk, notes: dict[tuple[str, int], list[Note]]) -> Iterable[Row]:
    yield Row(None, None, "hunk", hunk.header)
    for line in hunk.lines:
        side = "LEFT" if line.new is None else "RIGHT"
        standing = notes.get((side, line.number(side) or 0), [])
        yield Row(line.old, line.new, _kind(line), line.text[1:], tuple(standing))


def _kind(line: Line) -> str:
    if line.old is None and line.new is None:
        return "end"
    if line.old is None:
        return "added"
    return "deleted" if line.new is None else "context"


def _comment_note(state: State, comment: ReviewComment) -> Note:
    return Note(
        author=_login(state, comment.author_id),
        when=iso(comment.created_at),
        kind="outdated" if comment.outdated else "comment",
        body=render(comment.body),
        folded=_folded(state, comment),
    )


def _folded(state: State, comment: ReviewComment) -> str:
    if comment.minimized:
        return comment.minimized
    if comment.thread_id in state.resolved_threads:
        return "resolved"
    return "outdated" if comment.outdated else ""


def _login(state: State, user_id: int) -> str:
    user = state.users.get(user_id)
    return user.login if user else GHOST
