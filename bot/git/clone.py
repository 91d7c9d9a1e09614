"""A person's own clone, read where it stands: never written to, nothing fetched."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.domain.errors import UserError
from bot.git.environment import anywhere, personal, reading
from bot.git.listing import decode_path
from bot.git.objects import OID, Absence, Objects
from bot.git.process import Git, GitError, GitVersionError, require_version
from bot.git.worktree import snapshot_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

WORKING_TREE = "working tree"  # what a person reads for the head that is no commit

NO_REPOSITORY = "not a git repository: {path} (go into a clone, or name one with --repo)"
NO_REVISION = "no such revision: {revision} (check the spelling, or fetch it)"
NO_COMMIT = "there is no commit yet"
NO_WORKING_TREE = "a bare repository has no working tree"
SHALLOW = (
    "this clone is shallow and does not reach the commit to compare with: "
    "fetch the whole history (actions/checkout: `fetch-depth: 0`)"
)
PARTIAL = (
    "this clone is partial and lacks files to compare: fetch them "
    "(`git fetch --refetch --no-filter`) or clone without --filter"
)
NO_DEFAULT = "no default branch found (no origin/HEAD, main or master): name one with --base"
UNRELATED = "{base} and {head} have no commit in common, so there is nothing to compare"

HEAD = "HEAD"
ORIGIN_HEAD = "refs/remotes/origin/HEAD"
PROMISED = "from promisor remote"  # git, of an object that a partial clone left out
COMMON_DEFAULTS = ("main", "master")

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Clone:
    """A local repository: `top` is the root of its working tree, None in a bare one."""

    git_dir: Path
    top: Path | None
    objects: Objects

    @classmethod
    def at(cls, path: Path) -> Clone:
        """Open the repository around `path`; raises `UserError` without one, or without git."""
        git = Git(path, anywhere())
        try:
            require_version(Git(Path("/"), anywhere()))
            inside, _, git_dir = _text(
                git.run("rev-parse", "--is-inside-work-tree", "--absolute-git-dir")
            ).partition("\n")
            top = Path(_text(git.run("rev-parse", "--show-toplevel"))) if inside == "true" else None
        except GitVersionError as error:
            raise UserError(str(error)) from error
        except GitError as error:
            raise UserError(NO_REPOSITORY.format(path=path)) from error
        return cls(Path(git_dir), top, _objects(Path(git_dir), reading(Path(git_dir))))

    def ask(self, question: Callable[[Objects], Answer]) -> Answer:
        """Return the answer of `question`: a clone that is damaged is not ours to mend.

        Raises `UserError` when a partial clone lacks what is asked for.
        """
        try:
            return question(self.objects)
        except GitError as error:
            if PROMISED in error.detail:
                raise UserError(PARTIAL) from error
            raise

    def prefetch(self, oids: Collection[str]) -> Mapping[str, Absence]:  # noqa: ARG002 - of the port
        """Bring nothing: what is not there is told when it is read."""
        return {}

    def identity(self) -> str:
        """Name what all working trees of this clone share, and no other clone does."""
        question = ("rev-parse", "--path-format=absolute", "--git-common-dir")
        return _text(self.objects.git.run(*question))

    def resolve(self, revision: str) -> str:
        """Return the commit id of what a person typed; raises `UserError` when there is none."""
        if (commit := self._commit(revision)) is None:
            text = NO_COMMIT if revision == HEAD else NO_REVISION.format(revision=revision)
            raise UserError(text)
        return commit

    def is_shallow(self) -> bool:
        """Tell whether the history ends before its first commit, as on build servers."""
        return _text(self.objects.git.run("rev-parse", "--is-shallow-repository")) == "true"

    def default_base(self) -> str:
        """Return the branch to compare with, which is the default one.

        Raises `UserError` when there is none, as in a shallow clone of a build server.
        """
        if branch := self.default_branch():
            return branch
        if not self.objects.git.run("rev-list", "--all", "--max-count=1"):
            raise UserError(NO_COMMIT)
        raise UserError(SHALLOW if self.is_shallow() else NO_DEFAULT)

    def default_branch(self) -> str | None:
        """Return the ref of origin's default branch, else of the local one."""
        branches = dict.fromkeys((*self._configured_default(), *COMMON_DEFAULTS))
        local = [f"refs/heads/{branch}" for branch in branches]
        # A build server fetches all branches, but sets no origin/HEAD.
        remote = [f"refs/remotes/origin/{branch}" for branch in branches]
        refs = (ORIGIN_HEAD, *local, *remote)
        return next((ref for ref in refs if self._commit(ref) is not None), None)

    def merge_base(self, base: str, head: str) -> str:
        """Return the merge base of two commit ids; raises `UserError` when there is none."""
        try:
            return _text(self.objects.git.run("merge-base", base, head))
        except GitError as error:
            if error.returncode != 1:
                raise
        raise UserError(SHALLOW if self.is_shallow() else UNRELATED.format(base=base, head=head))

    def empty_tree(self) -> str:
        """Return the id of the tree without files, which git knows of itself."""
        return _text(self.objects.git.run("hash-object", "-t", "tree", "--stdin", stdin=b""))

    @contextmanager
    def working_tree(self) -> Iterator[tuple[Clone, str]]:
        """Yield a clone that also knows the files as they are on disk now, and their tree's id.

        What is new lives in a temporary folder, gone on leaving. Raises `UserError` in a bare
        repository.
        """
        if self.top is None:
            raise UserError(NO_WORKING_TREE)
        with snapshot_tree(self.git_dir, self.top, self.objects) as (environment, tree):
            yield Clone(self.git_dir, self.top, _objects(self.git_dir, environment)), tree

    def _commit(self, revision: str) -> str | None:
        if "\0" in revision:
            return None
        question = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        try:
            answer = _text(self.objects.git.run(*question, f"{revision}^{{commit}}"))
        except GitError:
            return None
        return answer if OID.fullmatch(answer) else None  # ^HEAD answers with ^<id>

    def _configured_default(self) -> tuple[str, ...]:
        try:
            git = Git(self.git_dir, personal(self.git_dir))
            return (_text(git.run("config", "--get", "init.defaultBranch")),)
        except GitError:
            return ()


def _objects(git_dir: Path, environment: Mapping[str, str]) -> Objects:
    # In a clone `*.py -diff` in info/attributes would make every hunk vanish.
    return Objects(Git(git_dir, environment), ("--text",))


def _text(output: bytes) -> str:
    return decode_path(output.removesuffix(b"\n"))
