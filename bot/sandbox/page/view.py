"""What a page shows, worked out from the state: lists, pull requests, checks, files, issues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.sandbox.github.diff import DIFF_MAX_FILES, changed_files
from bot.sandbox.github.rest_checks import latest
from bot.sandbox.page.conversation import comment_note, conversation, login, people
from bot.sandbox.page.markdown import render
from bot.sandbox.page.shapes import (
    Button,
    Check,
    EditPage,
    Entry,
    File,
    IssuePage,
    NewPage,
    Note,
    PullPage,
    Row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.github.check_records import Annotation, CheckRun
    from bot.sandbox.github.diff import FileDiff, Hunk, Line
    from bot.sandbox.github.records import Issue, Pull, Repository, Review
    from bot.sandbox.github.state import State

# GitHub's own button, which every check run of an App has.
RERUN = "Re-run"
RERUN_DOES = "Ask for this check once more"


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
        author=login(state, issue.author_id),
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
        conversation=(
            *conversation(state, state.issue_of(pull), _reviews(state, pull)),
            *_homeless(state, pull, files),
        ),
        files=tuple(_file(state, pull, file) for file in files[:DIFF_MAX_FILES]),
        left_out=max(0, len(files) - DIFF_MAX_FILES),
        people=people(state, pull.repository_id),
        paths=state.git(pull.repository_id).paths(pull.head_sha) if head else (),
    )


def edit_page(state: State, pull: Pull, path: str) -> EditPage:
    """Show a file of the head as the text that can be changed, an unknown one as empty."""
    text = _content(state, pull.repository_id, pull.head_sha, path)
    return EditPage(entry=pull_entry(state, pull), branch=pull.head_ref, path=path, text=text)


def new_issue_page(state: State, repository: Repository) -> NewPage:
    """Show who can open an issue."""
    return NewPage(repository.full_name, people(state, repository.id))


def compare_page(state: State, repository: Repository, path: str) -> NewPage:
    """Show a file of the default branch as the text that a pull request can change."""
    branch = repository.default_branch
    return NewPage(
        repository=repository.full_name,
        people=people(state, repository.id),
        path=path,
        text=_content(state, repository.id, branch, path),
        paths=state.git(repository.id).paths(branch),
    )


def _content(state: State, repository_id: int, commit: str, path: str) -> str:
    blob = state.git(repository_id).blob(commit, path)
    return blob.content.decode(errors="replace") if blob else ""


def issue_entries(state: State, name: str) -> list[Entry]:
    """List the issues of a repository that are no pull requests, newest first."""
    found = [
        issue
        for key, issue in state.issues.items()
        if key not in state.pulls and state.repositories[issue.repository_id].full_name == name
    ]
    return [_issue_entry(state, issue) for issue in sorted(found, key=lambda one: -one.number)]


def issue_page(state: State, issue: Issue) -> IssuePage:
    """Gather all that an issue's page shows."""
    return IssuePage(
        repository=state.repositories[issue.repository_id].full_name,
        entry=_issue_entry(state, issue),
        description=render(issue.body or ""),
        text=issue.body or "",
        conversation=tuple(conversation(state, issue)),
        people=people(state, issue.repository_id),
    )


def _issue_entry(state: State, issue: Issue) -> Entry:
    name = state.repositories[issue.repository_id].full_name
    return Entry(
        number=issue.number,
        title=issue.title,
        author=login(state, issue.author_id),
        state=issue.state,
        url=f"/{name}/issues/{issue.number}",
        verdict="",
    )


def _reviews(state: State, pull: Pull) -> list[Review]:
    found = state.reviews_of(pull)
    return [review for review in found if review.state != "PENDING" and review.body]


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
        run_id=run.id,
        name=run.name,
        app=state.apps[run.app_id].slug,
        verdict=_verdict(run),
        title=run.title or "",
        summary=render(run.summary or ""),
        annotations=tuple(_annotation_note(run, annotation) for annotation in run.annotations),
        buttons=_buttons(run),
    )


def _buttons(run: CheckRun) -> tuple[Button, ...]:
    if run.status != "completed":
        return ()
    own = [Button(each.identifier, each.label, each.description) for each in run.actions]
    return (Button("", RERUN, RERUN_DOES), *own)


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


def _homeless(state: State, pull: Pull, files: tuple[FileDiff, ...]) -> list[Note]:
    """Keep the comments on files that the pull request no longer changes."""
    shown = {file.path for file in files[:DIFF_MAX_FILES]}
    return [
        replace(comment_note(state, comment), at=comment.current.path)
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
            notes.setdefault(key, []).append(comment_note(state, comment))
    for run, annotation in annotations:
        key = ("RIGHT", annotation.end_line)
        notes.setdefault(key, []).append(_annotation_note(run, annotation))
    return File(
        path=file.path,
        previous_path=file.previous_path,
        additions=file.additions,
        deletions=file.deletions,
        rows=tuple(row for hunk in file.hunks for row in _rows(hunk, notes)),
        notes=tuple(comment_note(state, c) for c in comments if c.current.line is None),
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
