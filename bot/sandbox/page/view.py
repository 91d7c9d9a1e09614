"""What a page shows, worked out from the state: lists, pull requests, issues, files to edit."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from bot.sandbox.github.state import iso
from bot.sandbox.page.changes import changes, commits
from bot.sandbox.page.checks import check, runs_of, verdict
from bot.sandbox.page.conversation import ended, login, reviewed, said
from bot.sandbox.page.markdown import render, render_with_boxes
from bot.sandbox.page.shapes import EditPage, Entry, IssuePage, Item, NewPage, PullPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.github.records import Issue, Pull, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.page.shapes import Commit

NO_CHECK = "no check yet"


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
    verdicts = [verdict(run) for run in runs_of(state, pull)]
    return Entry(
        number=pull.number,
        title=issue.title,
        author=login(state, issue.author_id),
        state="draft" if pull.draft and status == "open" else status,
        url=f"/{name}/pull/{pull.number}",
        verdict=verdicts[0] if verdicts else NO_CHECK,
    )


def pull_page(state: State, pull: Pull, *, place_in_queue: int = 0) -> PullPage:
    """Gather all that a pull request's pages show."""
    repository, git = state.repositories[pull.repository_id], state.git(pull.repository_id)
    base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    head = state.repositories.get(pull.head_repository_id or 0)
    owner = f"{head.owner}:" if head and pull.from_fork else ""
    runs = runs_of(state, pull)
    own = commits(state, repository, base=base, head=pull.head_sha)
    issue = state.issue_of(pull)
    items = [*said(state, issue), *reviewed(state, pull), *ended(state, pull), *_pushed(own)]
    return PullPage(
        repository=repository.full_name,
        entry=pull_entry(state, pull),
        base=pull.base_ref,
        head=f"{owner}{pull.head_ref}",
        head_sha=pull.head_sha,
        description=render(issue.body or "", repository=repository.full_name),
        opened=iso(issue.created_at),
        checks=tuple(check(state, run) for run in runs),
        conversation=_in_time(items),
        commits=own,
        changes=changes(state, pull, base=base, runs=runs),
        paths=git.paths(pull.head_sha) if head else (),
        conflicts=not git.merges(pull.base_ref, pull.head_sha),
        place_in_queue=place_in_queue,
    )


def edit_page(state: State, pull: Pull, path: str) -> EditPage:
    """Show a file of the head as the text that can be changed, an unknown one as empty."""
    text = _content(state, pull.repository_id, pull.head_sha, path)
    return EditPage(entry=pull_entry(state, pull), branch=pull.head_ref, path=path, text=text)


def compare_page(state: State, repository: Repository, path: str) -> NewPage:
    """Show a file of the default branch as the text that a pull request can change."""
    branch = repository.default_branch
    return NewPage(
        repository=repository.full_name,
        path=path,
        text=_content(state, repository.id, branch, path),
        paths=state.git(repository.id).paths(branch),
    )


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
    name = state.repositories[issue.repository_id].full_name
    return IssuePage(
        repository=name,
        entry=_issue_entry(state, issue),
        opened=iso(issue.created_at),
        description=render_with_boxes(issue.body or "", repository=name),
        text=issue.body or "",
        seen=digest(issue.body or ""),
        conversation=_in_time(said(state, issue)),
    )


def digest(text: str) -> str:
    """Name the state of a text."""
    return sha256(text.encode()).hexdigest()


def _in_time(items: Iterable[Item]) -> tuple[Item, ...]:
    shown = [item for item in items if item.note or item.threads or item.commit or item.event]
    return tuple(sorted(shown, key=lambda item: item.at))


def _pushed(own: Iterable[Commit]) -> Iterable[Item]:
    return [Item(commit.at, commit=commit) for commit in own]


def _content(state: State, repository_id: int, commit: str, path: str) -> str:
    blob = state.git(repository_id).blob(commit, path)
    return blob.content.decode(errors="replace") if blob else ""


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
