"""Who said what: the notes of a conversation and of the diff, with reactions and suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.records import Comment, UserType
from bot.sandbox.github.render import node_id
from bot.sandbox.github.state import iso
from bot.sandbox.page.markdown import render, suggested
from bot.sandbox.page.shapes import Note, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.github.records import Issue, Review, ReviewComment
    from bot.sandbox.github.state import State

GHOST = "ghost"


def conversation(state: State, issue: Issue, reviews: Sequence[Review] = ()) -> list[Note]:
    """List what was said on an issue or pull request, oldest first."""
    said: list[Comment | Review] = [*state.comments_of(issue), *reviews]
    return [
        Note(
            author=login(state, record.author_id),
            when=iso(record.created_at),
            kind="comment",
            body=render(record.body),
            folded=record.minimized or "",
            reactions=_reactions(state, record) if isinstance(record, Comment) else "",
        )
        for record in sorted(said, key=lambda record: (record.created_at, record.id))
    ]


def comment_note(state: State, comment: ReviewComment) -> Note:
    """Show a comment on the diff."""
    folded = _folded(state, comment)
    applies = comment.current.line is not None and suggested(comment.body) is not None
    return Note(
        author=login(state, comment.author_id),
        when=iso(comment.created_at),
        kind="outdated" if comment.outdated else "comment",
        body=render(comment.body),
        folded=folded,
        suggestion_id=comment.id if applies and not folded else 0,
    )


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


def _reactions(state: State, comment: Comment) -> str:
    subject_id = node_id("IC", comment.id)
    found = [one for one in state.reactions.values() if one.subject_id == subject_id]
    return ", ".join(one.content for one in found)


def _folded(state: State, comment: ReviewComment) -> str:
    if comment.minimized:
        return comment.minimized
    if comment.thread_id in state.resolved_threads:
        return "resolved"
    return "outdated" if comment.outdated else ""
