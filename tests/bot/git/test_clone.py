"""A person's clone: any folder of it and any revision, whatever git is told to do elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UserError
from bot.git.clone import Clone
from bot.git.snapshot import take
from tests.bot.git.conftest import EVERYTHING, Author
from tests.bot.git.trees import changes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("own_home")

# Revisions


def test_any_folder_of_a_clone_is_the_clone(author: Author) -> None:
    head = author.commit({"pkg/sub/a.py": "1\n"})
    clone = Clone.at(author.folder / "pkg" / "sub")
    assert clone.resolve("HEAD") == head
    assert set(take(clone, head, head, EVERYTHING).tree) == {"pkg/sub/a.py"}
    author.write("pkg/sub/b.py", "2\n")
    author.write("c.py", "3\n")
    assert changes(author.folder / "pkg" / "sub") == {"c.py": "A", "pkg/sub/b.py": "A"}


def test_bare_clone_compares_commits_and_has_no_working_tree(
    author: Author, tmp_path: Path
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    author.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    clone = Clone.at(tmp_path / "bare.git")
    assert [entry.path for entry in take(clone, base, head, EVERYTHING).entries] == ["a.py"]
    with pytest.raises(UserError, match="no working tree"), clone.working_tree():
        pass


def test_folder_outside_of_any_repository_is_said_to_be_so(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UserError, match="not a git repository"):
            Clone.at(path)


@pytest.mark.parametrize(
    "revision",
    ["nothing", "", "HEAD^9", "--all", "--output=x", "-h", "HEAD..HEAD", "a\0b", "^HEAD"],
)
def test_what_is_no_revision_is_refused_and_never_an_option(author: Author, revision: str) -> None:
    author.commit()
    before = author.objects()
    with pytest.raises(UserError, match="no such revision"):
        Clone.at(author.folder).resolve(revision)
    assert author.objects() == before


@pytest.mark.parametrize("revision", ["HEAD", "main", "v1", "HEAD~0", "@"])
def test_revision_is_whatever_git_takes_for_one(author: Author, revision: str) -> None:
    head = author.commit()
    author.git("tag", "-a", "v1", "-m", "tag")
    assert Clone.at(author.folder).resolve(revision) == head


def test_default_base_is_the_branch_that_origin_calls_default(
    author: Author, tmp_path: Path
) -> None:
    author.commit()
    author.git("branch", "--move", "trunk")
    author.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    assert Clone.at(tmp_path / "clone").default_base() == "refs/remotes/origin/HEAD"


def test_default_base_without_origin_is_the_local_default_branch(
    author: Author, own_home: Path
) -> None:
    author.commit()
    assert Clone.at(author.folder).default_base() == "refs/heads/main"
    author.git("branch", "trunk")
    (own_home / ".gitconfig").write_text("[init]\n\tdefaultBranch = trunk\n")
    assert Clone.at(author.folder).default_base() == "refs/heads/trunk"


def test_default_base_of_a_build_server_is_origins_main(author: Author, tmp_path: Path) -> None:
    head = author.commit()
    checkout = Author(tmp_path / "checkout")
    checkout.folder.mkdir()
    checkout.git("init", "--quiet", "--initial-branch=pull")
    fetch = ("fetch", "--quiet", str(author.folder), "+refs/heads/*:refs/remotes/origin/*")
    checkout.git(*fetch)
    checkout.git("checkout", "--quiet", "--detach", head)
    assert Clone.at(checkout.folder).default_base() == "refs/remotes/origin/main"


def test_shallow_clone_without_the_base_says_what_to_do(author: Author, tmp_path: Path) -> None:
    author.commit()
    author.git("checkout", "--quiet", "-b", "topic")
    author.commit()
    checkout = Author(tmp_path / "checkout")
    checkout.folder.mkdir()
    checkout.git("init", "--quiet", "--initial-branch=pull")
    url = f"file://{author.folder}"
    checkout.git("fetch", "--quiet", "--depth=1", url, "+topic:refs/remotes/pull/1/merge")
    checkout.git("checkout", "--quiet", "refs/remotes/pull/1/merge")
    with pytest.raises(UserError, match="fetch-depth: 0"):
        Clone.at(checkout.folder).default_base()


def test_repository_without_a_default_branch_asks_for_one(author: Author) -> None:
    author.commit()
    author.git("branch", "--move", "topic")
    with pytest.raises(UserError, match="--base"):
        Clone.at(author.folder).default_base()


def test_bare_repository_whose_head_is_no_branch_asks_for_one(
    author: Author, tmp_path: Path
) -> None:
    author.commit()
    author.git("branch", "--move", "topic")
    bare = Author(tmp_path / "bare")
    author.git("clone", "--quiet", "--bare", ".", str(bare.folder))
    bare.git("symbolic-ref", "HEAD", "refs/heads/none")
    with pytest.raises(UserError, match="--base"):
        Clone.at(bare.folder).default_base()


def test_repository_without_a_commit_asks_for_no_branch(author: Author) -> None:
    with pytest.raises(UserError, match="there is no commit yet"):
        Clone.at(author.folder).default_base()


def test_merge_base_is_where_the_branches_part(author: Author) -> None:
    fork_point = author.commit({"a.py": "1\n"})
    base = author.commit({"b.py": "1\n"})
    author.git("checkout", "--quiet", "-b", "topic", fork_point)
    head = author.commit({"c.py": "1\n"})
    assert Clone.at(author.folder).merge_base(base, head) == fork_point


def test_unrelated_commits_have_no_merge_base(author: Author) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit_tree(author.git("rev-parse", f"{base}^{{tree}}"))
    with pytest.raises(UserError, match="no commit in common"):
        Clone.at(author.folder).merge_base(base, head)


def test_file_is_read_at_a_revision(author: Author) -> None:
    base = author.commit({".github/ssot.yml": "version: 1\n"})
    author.commit({".github/ssot.yml": "version: 2\n"})
    objects = Clone.at(author.folder).objects
    assert objects.file(base, ".github/ssot.yml") == b"version: 1\n"
    assert objects.file(base, ".github") is None
    assert objects.file(base, "missing file.yml") is None


# A hostile or unusual configuration


def test_nothing_that_the_repository_configures_is_run_or_obeyed(
    author: Author, tmp_path: Path
) -> None:
    witness = tmp_path / "witness"
    base = author.commit({"a.py": "1\n", ".gitattributes": "*.py diff=evil filter=evil -text\n"})
    head = author.commit({"a.py": "2\n"})
    (author.folder / ".git/info").mkdir(exist_ok=True)
    author.write(".git/info/attributes", "*.py -diff\n")
    for key in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv",
                "filter.evil.clean", "filter.evil.smudge", "core.sshCommand"):  # fmt: skip
        author.git("config", key, f"touch {witness} ;: ")
    for key, value in {"diff.suppressBlankEmpty": "true", "diff.noprefix": "true",
                       "diff.context": "0", "diff.renames": "false"}.items():  # fmt: skip
        author.git("config", key, value)
    taken = take(Clone.at(author.folder), base, head, EVERYTHING)
    assert taken.entries[0].hunks[0].added == frozenset({1})
    author.write("a.py", "3\n")
    assert changes(author.folder) == {"a.py": "M"}
    assert not witness.exists()


def test_empty_context_lines_count_whatever_the_repository_prefers(author: Author) -> None:
    author.git("config", "diff.suppressBlankEmpty", "true")
    base = author.commit({"a.py": "1\n\n\n4\n"})
    head = author.commit({"a.py": "1\n\n\n5\n\n"})
    (hunk,) = take(Clone.at(author.folder), base, head, EVERYTHING).entries[0].hunks
    assert (hunk.start, hunk.length, hunk.added) == (1, 5, frozenset({4, 5}))


def test_partial_clone_says_what_to_do_and_fetches_nothing(author: Author, tmp_path: Path) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    author.git("config", "uploadpack.allowFilter", "true")
    folder = str(tmp_path / "partial")
    source = f"file://{author.folder}"
    author.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", source, folder)
    with pytest.raises(UserError, match="--no-filter"):
        take(Clone.at(tmp_path / "partial"), base, head, EVERYTHING)


def test_replaced_commits_are_ignored(author: Author) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n"})
    author.git("replace", head, base)
    clone = Clone.at(author.folder)
    assert [entry.path for entry in take(clone, base, head, EVERYTHING).entries] == ["a.py"]


def test_clone_of_somebody_else_is_readable(author: Author) -> None:
    author.commit({"a.py": "1\n"})
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    subprocess.run(["chown", "-R", "12345", str(author.folder)], check=True)
    author.write("b.py", "1\n")
    assert changes(author.folder) == {"b.py": "A"}


def test_git_environment_of_a_hook_is_not_obeyed(
    author: Author, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    author.commit({"a.py": "1\n"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere"))
    author.write("b.py", "1\n")
    assert changes(author.folder) == {"b.py": "A"}


def test_command_line_pays_for_no_event_loop() -> None:
    program = "import sys, bot.git.clone; sys.exit('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
