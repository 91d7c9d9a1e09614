"""Who said what and when: notes and threads, with reactions and suggestions, in order of time."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from bot.sandbox.github.records import Comment, UserType
from bot.sandbox.github.render import node_id
from bot.sandbox.github.state import iso
from bot.sandbox.page.markdown import render, suggested
from bot.sandbox.page.shapes import Item, Note, Person, Row, Thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.github.records import Issue, Pull, Review, ReviewComment
    from bot.sandbox.github.state import State

GHOST = "ghost"
RESOLVED = "resolved"
OUTDATED = "outdated"
MERGED = "merged into {base}"
CLOSED = "closed"
# As many lines of the diff as GitHub quotes above a comment.
QUOTED_LINES = 4
_KINDS = {"+": "added", "-": "deleted", " ": "context"}


def said(state: State, issue: Issue) -> list[Item]:
    """List what was said on an issue or pull request."""
    return [
        Item(comment.created_at, _comment_note(state, comment))
        for comment in state.comments_of(issue)
    ]


def reviewed(state: State, pull: Pull) -> list[Item]:
    """List the reviews of a pull request, each with the threads that it began."""
    begun = threads(state, pull)
    return [
        Item(
            review.created_at,
            _review_note(state, review) if review.body else None,
            tuple(
                _quoting(thread, first) for thread, first in begun if first.review_id == review.id
            ),
        )
        for review in state.reviews_of(pull)
        if review.state != "PENDING"
    ]


def ended(state: State, pull: Pull) -> Iterator[Item]:
    """Tell how a pull request ended, if it did."""
    closed_at = state.issue_of(pull).closed_at
    if pull.merged_at is not None:
        yield Item(pull.merged_at, event=MERGED.format(base=pull.base_ref))
    elif closed_at is not None:
        yield Item(closed_at, event=CLOSED)


def threads(state: State, pull: Pull) -> list[tuple[Thread, ReviewComment]]:
    """List the threads of a pull request, each beside the comment that began it."""

    def thread_id(comment: ReviewComment) -> int:
        return comment.thread_id

    comments = sorted(state.review_comments_of(pull), key=lambda one: (one.thread_id, one.id))
    grouped = [list(group) for _, group in groupby(comments, key=thread_id)]
    return [(_thread(state, pull, group), group[0]) for group in grouped]


def file_anchor(path: str) -> str:
    """Name a file in the address of the changed files, as GitHub does."""
    return f"diff-{sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()}"


def login(state: State, user_id: int) -> str:
    """Name an account as GitHub does."""
    user = state.users.get(user_id)
    return user.login if user else GHOST


def people(state: State, repository_id: int) -> tuple[Person, ...]:
    """List whom a visitor may act as: those with a role first, then by name."""
    found = [
        Person(user.login, state.role(repository_id, user.id))
        for user in state.users.values()
        if user.type is UserType.USER
    ]
    return tuple(sorted(found, key=lambda person: (not person.writes, person.login)))


def _thread(state: State, pull: Pull, comments: list[ReviewComment]) -> Thread:
    first = comments[0]
    place, line = first.current, first.current.line or first.original.line
    side = "L" if place.side == "LEFT" else "R"
    anchor = file_anchor(place.path) + (f"{side}{place.line}" if place.line else "")
    name = state.repositories[pull.repository_id].full_name
    is_resolved = first.id in state.resolved_threads
    return Thread(
        id=first.id,
        at=f"{place.path}:{line}" if line else place.path,
        place=f"/{name}/pull/{pull.number}/files#{anchor}",
        folded=RESOLVED if is_resolved else first.minimized or (OUTDATED if first.outdated else ""),
        is_resolved=is_resolved,
        rows=(),
        notes=tuple(_thread_note(state, comment) for comment in comments),
    )


def _quoting(thread: Thread, first: ReviewComment) -> Thread:
    """Quote what a thread was begun about, for where its file is not shown."""
    lines = first.diff_hunk.split("\n")[-QUOTED_LINES:]
    rows = [Row(None, None, _KINDS.get(line[:1], "hunk"), line) for line in lines if line]
    return replace(thread, rows=tuple(rows))


def _thread_note(state: State, comment: ReviewComment) -> Note:
    is_done = comment.minimized or comment.thread_id in state.resolved_threads
    stands = comment.current.line is not None and not is_done
    applies = stands and suggested(comment.body) is not None
    return Note(
        author=login(state, comment.author_id),
        when=iso(comment.created_at),
        kind="comment",
        body=render(comment.body, repository=_name(state, comment), replaced=_replaced(comment)),
        anchor=f"discussion_r{comment.id}",
        suggestion_id=comment.id if applies else 0,
    )


def _comment_note(state: State, comment: Comment) -> Note:
    subject_id = node_id("IC", comment.id)
    reactions = [one.content for one in state.reactions.values() if one.subject_id == subject_id]
    return Note(
        author=login(state, comment.author_id),
        when=iso(comment.created_at),
        kind="comment",
        body=render(comment.body, repository=_name(state, comment)),
        anchor=f"issuecomment-{comment.id}",
        folded=comment.minimized or "",
        reactions=", ".join(reactions),
    )


def _review_note(state: State, review: Review) -> Note:
    return Note(
        author=login(state, review.author_id),
        when=iso(review.created_at),
        kind="comment",
        body=render(review.body, repository=_name(state, review)),
        anchor=f"pullrequestreview-{review.id}",
        folded=review.minimized or "",
    )


def _replaced(comment: ReviewComment) -> str | None:
    """Return the lines that a comment was written about, which its suggestion replaces."""
    anchor = comment.original
    if anchor.line is None or anchor.side == "LEFT":
        return None
    lines = [line[1:] for line in comment.diff_hunk.split("\n")[1:] if line[:1] in ("+", " ")]
    count = anchor.line - (anchor.start_line or anchor.line) + 1
    return "\n".join([*lines[-count:], ""])


def _name(state: State, said: Comment | Review | ReviewComment) -> str:
    return state.repositories[said.repository_id].full_name
