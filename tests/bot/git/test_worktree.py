"""The working tree of a clone, as it is on disk."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UserError
from checks import limits
from checks.model import Cause, EntryStatus
from tests.bot.git.conftest import Author
from tests.bot.git.trees import changes, working_tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("own_home")

SETTLED_SECONDS = 1_000_000_000  # long before the index was written


def settle(author: Author) -> None:
    """Make the index sure of every file, as it is when some time has passed since a checkout."""
    for path in author.folder.rglob("*"):
        if ".git" not in path.parts and path.is_file() and not path.is_symlink():
            os.utime(path, (SETTLED_SECONDS, SETTLED_SECONDS))
    author.git("update-index", "-q", "--really-refresh")


def test_clean_working_tree_changes_nothing(author: Author) -> None:
    author.commit({"a.py": "1\n", "data.bin": b"\r\n\0"})
    assert changes(author.folder) == {}
    settle(author)
    assert changes(author.folder) == {}


def test_working_tree_is_seen_as_on_disk(author: Author) -> None:
    author.commit({"edited.py": "1\n", "gone.py": "2\n", "staged.py": "3\n", "same.py": "4\n"})
    settle(author)
    author.write("staged.py", "staged\n")
    author.git("add", "staged.py")
    author.write("staged.py", "on disk\n")
    author.write("edited.py", "edited\n")
    author.write("new.py", "new\n")
    (author.folder / "gone.py").unlink()
    before = author.objects()
    taken, contents = working_tree(author.folder)
    assert {entry.path: entry.status for entry in taken.entries} == {
        "edited.py": EntryStatus.MODIFIED,
        "gone.py": EntryStatus.DELETED,
        "new.py": EntryStatus.ADDED,
        "staged.py": EntryStatus.MODIFIED,
    }
    assert contents == {
        "edited.py": b"edited\n",
        "new.py": b"new\n",
        "same.py": b"4\n",
        "staged.py": b"on disk\n",
    }
    assert author.objects() == before


def test_renamed_file_of_the_working_tree_is_followed(author: Author) -> None:
    author.commit({"old.py": "".join(f"{n}\n" for n in range(40))})
    (author.folder / "old.py").rename(author.folder / "new.py")
    assert changes(author.folder) == {"new.py": "R"}


def test_untracked_files_count_and_ignored_ones_do_not(author: Author, own_home: Path) -> None:
    (own_home / ".config/git").mkdir(parents=True)
    (own_home / ".config/git/ignore").write_text("mine.py\n")
    author.commit({"tracked.log.py": "1\n"})
    author.commit({".gitignore": "build/\n*.log.py\n"})
    for path in ("build/a.py", "x.log.py", "mine.py", "new.py", "dir/odd\nname.py", "data.bin"):
        author.write(path, "new\n")
    author.write("tracked.log.py", "2\n")
    assert changes(author.folder) == {
        "data.bin": "A",
        "dir/odd\nname.py": "A",
        "new.py": "A",
        "tracked.log.py": "M",
    }


@pytest.mark.parametrize(
    "name", ["-dash.py", "tab\t.py", "new\nline.py", '"quoted".py', ":(glob)x.py", "\udcff.py"]
)
def test_odd_names_of_the_working_tree_are_read(author: Author, name: str) -> None:
    author.commit({name: "1\n", f"gone{name}": "1\n"})
    author.write(name, "2\n")
    author.write(f"new{name}", "3\n")
    (author.folder / f"gone{name}").unlink()
    assert changes(author.folder) == {name: "M", f"new{name}": "A", f"gone{name}": "D"}


def test_line_ends_alone_are_no_change(author: Author) -> None:
    author.commit({"lf.py": "1\n2\n", "crlf.py": "1\r\n2\r\n", "data.txt": "1\n"})
    author.write("lf.py", "1\r\n2\r\n")
    author.write("crlf.py", "1\n2\n")
    author.write("data.txt", "1\r\n")
    assert changes(author.folder) == {}


def test_edit_in_a_crlf_checkout_adds_only_its_own_lines(author: Author) -> None:
    author.commit({"a.py": "1\n2\n3\n"})
    author.write("a.py", "1\r\n2\r\n3\r\n4\r\n")
    taken, contents = working_tree(author.folder)
    assert contents == {"a.py": b"1\n2\n3\n4\n"}
    assert taken.entries[0].hunks[0].added == frozenset({4})


def test_edit_of_a_committed_crlf_file_stays_crlf(author: Author) -> None:
    author.commit({"a.py": "1\r\n2\r\n"})
    author.write("a.py", "1\r\n2\r\n3\r\n")
    taken, contents = working_tree(author.folder)
    assert contents == {"a.py": b"1\r\n2\r\n3\r\n"}
    assert taken.entries[0].hunks[0].added == frozenset({3})


def forge(author: Author, path: str, oid: str) -> None:
    """Make the index claim that a file holds another blob, and be sure of it."""
    index = author.folder / ".git/index"
    known = bytes.fromhex(author.git("rev-parse", f":{path}"))
    body = index.read_bytes()[:-20].replace(known, bytes.fromhex(oid))
    index.write_bytes(body + hashlib.sha1(body).digest())


def test_file_that_the_index_is_sure_of_is_not_read(author: Author) -> None:
    author.commit({"a.py": "1\n"})
    other = author.blob(b"2\n")
    settle(author)
    forge(author, "a.py", other)
    author.write("b.py", "new\n")  # else git takes the tree from its cache
    assert working_tree(author.folder)[1] == {"a.py": b"2\n", "b.py": b"new\n"}


def test_file_as_young_as_the_index_is_read(author: Author) -> None:
    author.commit({"a.py": "1\n"})
    other = author.blob(b"2\n")
    settle(author)
    forge(author, "a.py", other)
    author.write("b.py", "new\n")
    os.utime(author.folder / ".git/index", (SETTLED_SECONDS, SETTLED_SECONDS))
    assert working_tree(author.folder)[1] == {"a.py": b"1\n", "b.py": b"new\n"}


def test_edit_of_equal_size_with_an_old_time_is_seen(author: Author) -> None:
    file = author.write("a.py", "1\n")
    author.commit()
    settle(author)
    file.write_bytes(b"2\n")
    os.utime(file, (SETTLED_SECONDS, SETTLED_SECONDS))
    assert changes(author.folder) == {"a.py": "M"}


def test_link_stays_a_link_and_is_not_followed(author: Author, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("secret\n")
    author.commit({"dir/a.py": "1\n", "b.py": "1\n"})
    shutil.rmtree(author.folder / "dir")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.py").write_text("secret\n")
    (author.folder / "dir").symlink_to(tmp_path / "outside")
    author.write(".git/info/exclude", "dir\n")
    (author.folder / "b.py").unlink()
    (author.folder / "b.py").symlink_to(tmp_path / "secret.py")
    (author.folder / "c.py").symlink_to(tmp_path / "secret.py")
    taken, contents = working_tree(author.folder)
    assert {entry.path: entry.status.value for entry in taken.entries} == {
        "b.py": "T",
        "c.py": "A",
        "dir/a.py": "D",
    }
    assert contents == {}
    assert {skipped.cause for skipped in taken.skipped} == {Cause.NATURE}


def test_file_whose_text_was_a_links_target_is_a_change(author: Author) -> None:
    (author.folder / "a.py").symlink_to("x")
    author.commit()
    (author.folder / "a.py").unlink()
    author.write("a.py", "x")
    assert changes(author.folder) == {"a.py": "T"}


def test_file_is_a_link_where_git_writes_no_links(author: Author, tmp_path: Path) -> None:
    (author.folder / "a.py").symlink_to("../x/y.py")
    (author.folder / "b.py").symlink_to("x.py")
    author.commit()
    clone = tmp_path / "clone"
    author.git("clone", "--quiet", "--config=core.symlinks=false", ".", str(clone))
    assert not (clone / "a.py").is_symlink()
    assert changes(clone) == {}
    (clone / "b.py").write_text("y.py")
    taken, contents = working_tree(clone)
    assert {entry.path: entry.status.value for entry in taken.entries} == {"b.py": "M"}
    assert contents == {}


def test_folder_replaced_by_a_link_to_itself_is_gone(author: Author) -> None:
    author.commit({"dir/a.py": "1\n"})
    shutil.rmtree(author.folder / "dir")
    (author.folder / "dir").symlink_to("dir")
    assert changes(author.folder) == {"dir": "A", "dir/a.py": "D"}


@pytest.mark.parametrize("path", ["long" * 64 + ".py", "deep/" * 1000 + "a.py"])
def test_name_that_is_too_long_for_the_disk_is_not_there(author: Author, path: str) -> None:
    oid = author.git("hash-object", "-w", "--stdin")
    author.git("update-index", "--add", "--cacheinfo", f"100644,{oid},{path}")
    author.git("commit", "--quiet", "--message", "a change")
    assert changes(author.folder) == {path: "D"}


def test_file_replaced_by_a_folder_is_read(author: Author) -> None:
    author.commit({"a": "1\n", "b/c.py": "1\n"})
    (author.folder / "a").unlink()
    author.write("a/d.py", "2\n")
    shutil.rmtree(author.folder / "b")
    author.write("b", "3\n")
    assert changes(author.folder) == {"a": "D", "a/d.py": "A", "b": "A", "b/c.py": "D"}


def test_conflict_is_read_as_on_disk(author: Author) -> None:
    start = author.commit({"a.py": "1\n"})
    author.commit({"a.py": "2\n"})
    author.git("checkout", "--quiet", "-b", "topic", start)
    author.commit({"a.py": "3\n"})
    with pytest.raises(AssertionError):
        author.git("merge", "main")
    _, contents = working_tree(author.folder)
    assert contents["a.py"].startswith(b"<<<<<<<")
    (author.folder / "a.py").unlink()
    assert changes(author.folder) == {"a.py": "D"}


def test_file_that_is_only_intended_to_be_added_is_added(author: Author) -> None:
    author.commit({"a.py": "1\n"})
    author.write("b.py", "2\n")
    author.git("add", "--intent-to-add", "b.py")
    assert changes(author.folder) == {"b.py": "A"}


def test_sparse_checkout_deletes_nothing(author: Author) -> None:
    author.commit({"in/a.py": "1\n", "out/b.py": "1\n"})
    author.git("sparse-checkout", "set", "in")
    assert not (author.folder / "out").exists()
    assert changes(author.folder) == {}


def test_repositories_inside_are_left_alone(author: Author) -> None:
    author.commit({"a.py": "1\n"})
    for name in ("inner", "module"):
        (author.folder / name).mkdir()
        inner = Author(author.folder / name)
        inner.git("init", "--quiet")
        inner.commit({"b.py": "1\n"})
    author.git("-c", "advice.addEmbeddedRepo=false", "add", "module")
    author.git("commit", "--quiet", "-m", "submodule")
    inner.commit({"b.py": "2\n"})
    assert changes(author.folder) == {}


def test_linked_worktree_has_its_own_files(author: Author, tmp_path: Path) -> None:
    author.commit({"a.py": "1\n"})
    author.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    (tmp_path / "linked/b.py").write_text("2\n")
    assert changes(tmp_path / "linked") == {"b.py": "A"}
    assert changes(author.folder) == {}


def test_repository_without_an_index_is_read(author: Author) -> None:
    author.commit({"a.py": "1\n"})
    (author.folder / ".git/index").unlink()
    assert changes(author.folder) == {}


def test_split_index_is_read_and_left_alone(author: Author) -> None:
    author.commit({"a.py": "1\n", "b.py": "1\n"})
    author.git("config", "core.splitIndex", "true")
    author.git("config", "splitIndex.maxPercentChange", "0")
    author.git("update-index", "--split-index")
    author.write("a.py", "2\n")
    before = author.objects()
    assert changes(author.folder) == {"a.py": "M"}
    assert author.objects() == before


def test_sha256_repository_is_read(tmp_path: Path) -> None:
    author = Author(tmp_path / "sha256")
    author.folder.mkdir()
    author.git("init", "--quiet", "--object-format=sha256")
    author.commit({"a.py": "1\n"})
    author.write("a.py", "1\n2\n")
    taken, _ = working_tree(author.folder)
    assert taken.entries[0].hunks[0].added == frozenset({2})


def test_huge_file_of_the_working_tree_is_measured_not_read(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 100)
    monkeypatch.setattr(limits, "STREAM_BYTES", 1_000)
    author.commit({"same.py": "#" * 2_000, "grown.py": "#" * 2_000})
    author.write("grown.py", "#" * 3_000)
    author.write("new.py", "#" * 3_000)
    taken, _ = working_tree(author.folder)
    assert [entry.path for entry in taken.entries] == ["grown.py", "new.py"]
    assert [skipped.path for skipped in taken.skipped] == ["grown.py", "new.py"]


def test_unreadable_file_is_named(author: Author) -> None:
    if os.getuid() == 0:
        pytest.skip("root reads everything")
    author.commit({"a.py": "1\n"})
    author.write("b.py", "1\n").chmod(0)
    with pytest.raises(UserError, match="cannot read b"):
        changes(author.folder)


def test_file_in_an_unreadable_folder_is_named(author: Author) -> None:
    if os.getuid() == 0:
        pytest.skip("root reads everything")
    author.commit({"dir/a.py": "1\n"})
    (author.folder / "dir").chmod(0)
    try:
        with pytest.raises(UserError, match="cannot read dir/a"):
            changes(author.folder)
    finally:
        (author.folder / "dir").chmod(0o700)
