"""Where review comments may stand, and where they end up when the head moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.diff import changed_files, commentable

if TYPE_CHECKING:
    from bot.sandbox.github.diff import FileDiff
    from bot.sandbox.github.gitrepo import GitRepository
    from bot.sandbox.github.records import Anchor

# GitHub's texts: parkerbxyz/suggest-changes#28, #48, #64, ubuntu/WSL#244, villesau#34
LINE_OUTSIDE_DIFF = "Pull request review thread line must be part of the diff"
START_IN_OTHER_HUNK = (
    "Pull request review thread start line must be part of the same hunk as the line."
)
NO_HUNK = "Pull request review thread diff hunk can't be blank"
START_AFTER_LINE = "Pull request review thread start line must precede the end line."
PATH_INVALID = "Pull request review thread path is invalid"


def anchor_error(anchor: Anchor, files: dict[str, FileDiff]) -> str | None:
    """Say in GitHub's words why a line comment cannot stand there; None when it can."""
    file = files.get(anchor.path)
    if file is None:
        return PATH_INVALID
    if not file.hunks or anchor.line is None:
        return NO_HUNK
    hunk = file.hunk_at(anchor.line, anchor.side)
    if hunk is None:
        other = "LEFT" if anchor.side == "RIGHT" else "RIGHT"
        return NO_HUNK if file.hunk_at(anchor.line, other) else LINE_OUTSIDE_DIFF
    if anchor.start_line is None:
        return None
    start_side = anchor.start_side or anchor.side
    if start_side == anchor.side and anchor.start_line >= anchor.line:
        return START_AFTER_LINE
    return None if hunk.shows(anchor.start_line, start_side) else START_IN_OTHER_HUNK


def files_at(git: GitRepository, base: str, head: str) -> dict[str, FileDiff]:
    """Return the commentable files of the three-dot diff of two commits, by path."""
    merge_base = git.merge_base(base, head) or base
    return commentable(changed_files(git, merge_base, head))


def moved(git: GitRepository, anchor: Anchor, *, base: str, head: str) -> Anchor:
    """Follow an anchor to a new head; its `line` is None when the line is gone.

    `base` is the tip of the base branch. An outdated comment keeps the commit it last applied to.
    """
    shifted = _shifted(git, anchor, base=base, head=head)
    gone = replace(anchor, line=None, start_line=None)
    if shifted is None or anchor_error(shifted, files_at(git, base, head)):
        return gone
    return shifted


def _shifted(git: GitRepository, anchor: Anchor, *, base: str, head: str) -> Anchor | None:
    if anchor.side == "LEFT":
        old = git.merge_base(base, anchor.commit_id) or base
        new = git.merge_base(base, head) or base
    else:
        old, new = anchor.commit_id, head
    changes = {file.previous_path or file.path: file for file in changed_files(git, old, new)}
    file = changes.get(anchor.path)
    if file is None:
        return replace(anchor, commit_id=head)
    line = shifted_line(file, anchor.line)
    if line is None:
        return None
    start = shifted_line(file, anchor.start_line)
    path = anchor.path if anchor.side == "LEFT" else file.path
    return replace(anchor, commit_id=head, path=path, line=line, start_line=start)


def shifted_line(file: FileDiff, line: int | None) -> int | None:
    """Map an old line through a file's hunks; None when it was deleted or cannot be known."""
    if line is None or file.status == "removed" or (file.changes and not file.hunks):
        return None
    offset = 0
    for hunk in file.hunks:
        for shown in hunk.lines:
            if shown.old is not None and shown.old >= line:
                return line + offset if shown.old > line else shown.new
            offset += (shown.new is not None) - (shown.old is not None)
    return line + offset
