"""What was changed: commits, and files as diffs with what stands at their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.diff import DIFF_MAX_FILES, changed_files
from bot.sandbox.github.state import iso
from bot.sandbox.page.checks import annotation_note
from bot.sandbox.page.conversation import file_anchor, threads
from bot.sandbox.page.shapes import BlobPage, Commit, CommitPage, File, FilesPage, Note, Row, Thread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.diff import FileDiff, Hunk, Line
    from bot.sandbox.github.records import Pull, Repository, ReviewComment
    from bot.sandbox.github.state import State


Place = tuple[str, int]
# What git calls the tree with nothing in it.
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
SHORT = 7
ABOVE: Place = ("RIGHT", 0)


def changes(state: State, pull: Pull, *, base: str, runs: Sequence[CheckRun]) -> FilesPage:
    """Show the changed files of a pull request, with the threads and annotations on them."""
    files = changed_files(state.git(pull.repository_id), base, pull.head_sha)
    standing = threads(state, pull)
    shown = [
        _file(
            file,
            _at_lines((thread, first) for thread, first in standing if _path(first) == file.path),
            _annotations(runs, file.path),
        )
        for file in files[:DIFF_MAX_FILES]
    ]
    return FilesPage(tuple(shown), max(0, len(files) - DIFF_MAX_FILES))


def commits(state: State, repository: Repository, *, base: str, head: str) -> tuple[Commit, ...]:
    """List the commits of a head that its base has not, oldest first."""
    log = state.git(repository.id).log(f"{base}..{head}")
    return tuple(_commit(repository, *entry) for entry in log)


def commit_page(state: State, repository: Repository, revision: str) -> CommitPage | None:
    """Show a commit and what it changed against its first parent; None for an unknown one."""
    git = state.git(repository.id)
    sha = git.commit_id(revision)
    if sha is None:
        return None
    files = changed_files(git, next(iter(git.parents(sha)), EMPTY_TREE), sha)
    shown = tuple(_file(file, {}, {}) for file in files[:DIFF_MAX_FILES])
    changed = FilesPage(shown, max(0, len(files) - DIFF_MAX_FILES))
    (entry,) = git.log("-1", sha)
    return CommitPage(repository.full_name, _commit(repository, *entry), changed)


def blob_page(state: State, repository: Repository, revision: str, *, path: str) -> BlobPage | None:
    """Show a file at a commit; None for an unknown one."""
    git = state.git(repository.id)
    sha = git.commit_id(revision)
    blob = git.blob(sha, path) if sha else None
    if blob is None:
        return None
    lines = blob.content.decode(errors="replace").removesuffix("\n").split("\n")
    return BlobPage(repository.full_name, path, revision[:SHORT], tuple(lines))


def _commit(repository: Repository, sha: str, at: float, title: str) -> Commit:
    return Commit(sha, title, at, iso(at), f"/{repository.full_name}/commit/{sha}")


def _path(comment: ReviewComment) -> str:
    return comment.current.path


def _at_lines(standing: Iterable[tuple[Thread, ReviewComment]]) -> dict[Place, list[Thread]]:
    """Put threads to their lines; those whose line is gone stand at line 0, above the file."""
    found: dict[Place, list[Thread]] = {}
    for thread, first in standing:
        line = first.current.line
        found.setdefault((first.current.side, line) if line else ABOVE, []).append(thread)
    return found


def _annotations(runs: Sequence[CheckRun], path: str) -> dict[Place, list[Note]]:
    found: dict[Place, list[Note]] = {}
    for run in runs:
        for annotation in run.annotations:
            if annotation.path == path:
                place = ("RIGHT", annotation.end_line)
                found.setdefault(place, []).append(annotation_note(run, annotation))
    return found


def _file(
    file: FileDiff,
    standing: Mapping[Place, list[Thread]],
    notes: Mapping[Place, list[Note]],
) -> File:
    return File(
        path=file.path,
        anchor=file_anchor(file.path),
        previous_path=file.previous_path,
        additions=file.additions,
        deletions=file.deletions,
        rows=tuple(row for hunk in file.hunks for row in _rows(hunk, standing, notes)),
        threads=tuple(standing.get(ABOVE, ())),
    )


def _rows(
    hunk: Hunk, standing: Mapping[Place, list[Thread]], notes: Mapping[Place, list[Note]]
) -> Iterable[Row]:
    yield Row(None, None, "hunk", hunk.header)
    for line in hunk.lines:
        side = "LEFT" if line.new is None else "RIGHT"
        place = (side, line.number(side) or 0)
        yield Row(
            line.old,
            line.new,
            _kind(line),
            line.text[1:],
            tuple(standing.get(place, ())),
            tuple(notes.get(place, ())),
        )


def _kind(line: Line) -> str:
    if line.old is None and line.new is None:
        return "last"
    if line.old is None:
        return "added"
    return "deleted" if line.new is None else "context"
