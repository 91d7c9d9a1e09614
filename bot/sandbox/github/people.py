"""What people do on GitHub: push, open, close, retarget, comment, press buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.github.bodies import CreateReviewBody
from bot.sandbox.github.committing import Change
from bot.sandbox.github.happenings import (
    check_run_happened,
    check_suite_happened,
    comment_happened,
    edited_body,
    pull_happened,
)
from bot.sandbox.github.pushes import Push, branch_moved, store_head
from bot.sandbox.github.records import Comment, Issue, Pull, UserType
from bot.sandbox.github.reviews import Draft, add_comment, add_review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.records import Anchor, Repository, ReviewComment, User
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks

    Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True, slots=True)
class Opening:
    """A pull request to open: the branch `head` must exist, in `fork` when that is given."""

    head: str
    title: str = "A change"
    body: str | None = None
    base: str = "main"
    by: str = "ada"
    draft: bool = False
    fork: Repository | None = None


class People:
    """Acts as people do; every action ends when its webhooks were answered, or held back."""

    def __init__(self, state: State, webhooks: Webhooks) -> None:
        self._state = state
        self._webhooks = webhooks

    def commit(
        self,
        repository: Repository,
        branch: str,
        files: Files,
        *,
        onto: str | None = None,
        message: str = "",
    ) -> str:
        """Write a commit without telling anybody: on top of the branch, or of `onto`, forced.

        A branch that does not exist yet starts at the default branch. Returns the commit's id.
        """
        git = self._state.git(repository.id)
        tip = git.branch(branch) or git.branch(repository.default_branch)
        parent = onto or tip
        change = Change(message or f"Change {branch}", int(self._state.now()), parent)
        return git.commit(f"refs/heads/{branch}", files, change)

    async def push(
        self,
        repository: Repository,
        branch: str,
        files: Files,
        *,
        onto: str | None = None,
        message: str = "",
    ) -> str:
        """Push a commit (forced when `onto` is given); pull requests of the branch follow it."""
        before = self._state.git(repository.id).branch(branch)
        after = self.commit(repository, branch, files, onto=onto, message=message)
        await self.announce_push(repository, branch, before=before, after=after)
        return after

    async def announce_push(
        self, repository: Repository, branch: str, *, before: str | None, after: str
    ) -> None:
        """Tell of a branch that moved, however it did."""
        push = Push(repository, branch, before, after)
        branch_moved(self._state, push, sender_id=self.user("ada").id)
        await self._webhooks.settle()

    async def open_pull(self, repository: Repository, opening: Opening) -> Pull:
        """Open a pull request, from a fork or from the repository itself."""
        state, author = self._state, self.user(opening.by)
        head = opening.fork or repository
        head_sha = state.git(head.id).branch(opening.head)
        base_sha = state.git(repository.id).branch(opening.base)
        assert head_sha, f"no branch {opening.head}"
        assert base_sha, f"no branch {opening.base}"
        issue = self._state.new_issue(repository, opening.title, opening.body, author=author)
        pull = Pull(
            id=issue.id,
            repository_id=repository.id,
            number=issue.number,
            base_ref=opening.base,
            base_sha=base_sha,
            head_ref=opening.head,
            head_sha=head_sha,
            head_repository_id=head.id,
            draft=opening.draft,
        )
        store_head(state, pull, before=None)
        pull_happened(state, pull, "opened", sender_id=author.id)
        await self._webhooks.settle()
        return pull

    async def close(self, pull: Pull) -> None:
        """Close a pull request without merging it."""
        self._set_state(pull, "closed")
        await self._pull_changed(pull, "closed")

    async def reopen(self, pull: Pull) -> None:
        """Open a closed pull request again."""
        self._set_state(pull, "open")
        await self._pull_changed(pull, "reopened")

    async def merge(self, pull: Pull, *, by: str = "ada") -> str:
        """Merge a pull request with a merge commit; returns its id."""
        repository = self._state.repositories[pull.repository_id]
        git = self._state.git(repository.id)
        current, before = self._current(pull), git.branch(pull.base_ref)
        assert before is not None
        merged = git.merge(before, current.head_sha, timestamp=int(self._state.now()))
        git.set_ref(f"refs/heads/{pull.base_ref}", merged)
        await self.finish_merge(current, before, merged, by=by)
        return merged

    async def finish_merge(self, pull: Pull, before: str, merged: str, *, by: str = "ada") -> None:
        """Close a pull request whose base branch was moved to `merged`, and tell of both."""
        repository = self._state.repositories[pull.repository_id]
        self._set_state(pull, "closed")
        now, merged_by = self._state.now(), self.user(by).id
        self._put(replace(pull, merged_at=now, merged_by=merged_by, merge_commit_sha=merged))
        await self._pull_changed(pull, "closed")
        await self.announce_push(repository, pull.base_ref, before=before, after=merged)

    async def retarget(self, pull: Pull, base: str) -> None:
        """Change the base branch of a pull request."""
        current = self._current(pull)
        base_sha = self._state.git(pull.repository_id).branch(base)
        assert base_sha, f"no branch {base}"
        changes = {"ref": {"from": current.base_ref}, "sha": {"from": current.base_sha}}
        self._put(replace(current, base_ref=base, base_sha=base_sha))
        self._state.remember((pull.repository_id, pull.number), "BaseRefChangedEvent")
        await self._pull_changed(pull, "edited", extra={"changes": {"base": changes}})

    async def edit_body(self, pull: Pull, body: str) -> None:
        """Edit the description of a pull request."""
        issue = self._state.issue_of(pull)
        self._state.write_body(issue, body, editor_id=self.user("ada").id)
        await self._pull_changed(pull, "edited", extra=edited_body(issue.body))

    async def mark_ready(self, pull: Pull) -> None:
        """Take a pull request out of draft."""
        self._put(replace(self._current(pull), draft=False))
        self._state.remember((pull.repository_id, pull.number), "ReadyForReviewEvent")
        await self._pull_changed(pull, "ready_for_review")

    async def convert_to_draft(self, pull: Pull) -> None:
        """Make a pull request a draft."""
        self._put(replace(self._current(pull), draft=True))
        await self._pull_changed(pull, "converted_to_draft")

    async def comment(self, target: Pull | Issue, body: str, *, by: str = "ada") -> Comment:
        """Comment on a pull request or an issue."""
        state, author = self._state, self.user(by)
        now = state.now()
        comment = Comment(
            state.next_id(), target.repository_id, target.number, author.id, body, now, now
        )
        state.comments[comment.id] = comment
        comment_happened(state, comment, "created", sender_id=author.id)
        await self._webhooks.settle()
        return comment

    def reply(self, comment: ReviewComment, body: str, *, by: str = "ada") -> ReviewComment:
        """Answer a comment on the diff, in its thread; the App is not told of such comments."""
        pull = self._state.pulls[comment.repository_id, comment.number]
        review = add_review(
            self._state,
            pull,
            author_id=self.user(by).id,
            body=CreateReviewBody(event="COMMENT"),
            drafts=[],
        )
        draft = Draft(body, comment.current, comment.subject_type)
        return add_comment(self._state, pull, review, draft=draft, reply_to=comment.thread_id)

    def remark(self, pull: Pull, anchor: Anchor, body: str, *, by: str = "ada") -> ReviewComment:
        """Begin a thread at a line that the diff shows; the App is not told of such comments."""
        state, author_id = self._state, self.user(by).id
        draft, event = Draft(body, anchor), CreateReviewBody(event="COMMENT")
        review = add_review(state, pull, author_id=author_id, body=event, drafts=[])
        return add_comment(state, pull, review, draft=draft)

    async def edit_comment(self, comment: Comment, body: str, *, by: str = "ada") -> Comment:
        """Edit a comment, not necessarily one's own."""
        state, editor = self._state, self.user(by)
        now = state.now()
        edited = replace(
            comment, body=body, updated_at=now, last_edited_at=now, editor_id=editor.id
        )
        state.comments[comment.id] = edited
        extra = edited_body(comment.body)
        comment_happened(state, edited, "edited", sender_id=editor.id, extra=extra)
        await self._webhooks.settle()
        return edited

    async def delete_comment(self, comment: Comment, *, by: str = "ada") -> None:
        """Delete a comment."""
        del self._state.comments[comment.id]
        self._state.remember((comment.repository_id, comment.number), "CommentDeletedEvent")
        comment_happened(self._state, comment, "deleted", sender_id=self.user(by).id)
        await self._webhooks.settle()

    async def rerun(self, run: CheckRun, *, by: str = "ada") -> None:
        """Press "Re-run" on one check run."""
        sender_id = self.user(by).id
        check_run_happened(self._state, run, "rerequested", sender_id=sender_id)
        await self._webhooks.settle()

    async def rerun_all(self, run: CheckRun, *, by: str = "ada") -> None:
        """Press "Re-run all checks" on the suite of a run."""
        suite = self._state.check_suites[run.suite_id]
        sender_id = self.user(by).id
        check_suite_happened(self._state, suite, "rerequested", sender_id=sender_id)
        await self._webhooks.settle()

    async def press(self, run: CheckRun, identifier: str, *, by: str = "ada") -> None:
        """Press one of a completed check run's own buttons."""
        extra: dict[str, object] = {"requested_action": {"identifier": identifier}}
        check_run_happened(
            self._state, run, "requested_action", sender_id=self.user(by).id, extra=extra
        )
        await self._webhooks.settle()

    def user(self, login: str) -> User:
        """Return the person of that name, who exists from now on."""
        return self._state.user_named(login) or self._state.add_user(login, UserType.USER)

    async def _pull_changed(
        self, pull: Pull, action: str, *, extra: dict[str, object] | None = None
    ) -> None:
        current = self._current(pull)
        sender_id = self.user("ada").id
        pull_happened(self._state, current, action, sender_id=sender_id, extra=extra)
        await self._webhooks.settle()

    def _set_state(self, pull: Pull, wanted: str) -> None:
        issue, now = self._state.issue_of(pull), self._state.now()
        closed_at = now if wanted == "closed" else None
        self._state.issues[pull.repository_id, pull.number] = replace(
            issue, state=wanted, closed_at=closed_at, updated_at=now
        )

    def _current(self, pull: Pull) -> Pull:
        return self._state.pulls[pull.repository_id, pull.number]

    def _put(self, pull: Pull) -> None:
        self._state.pulls[pull.repository_id, pull.number] = pull
