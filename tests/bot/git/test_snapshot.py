"""A change is read as git has it, whatever its files are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.git.clone import Clone
from bot.git.objects import Absence
from bot.git.snapshot import Scope, read, take
from checks import limits
from checks.model import Cause, EntryStatus, Skipped
from tests.bot.git.conftest import EVERYTHING

if TYPE_CHECKING:
    from checks.model import Entry, Snapshot
    from tests.bot.git.conftest import Author

ODD_NAMES = (
    "with space.py",
    "new\nline.py",
    "tab\tand\x1bescape.py",
    'double"quote.py',
    "-leading-dash.py",
    "--output=x.py",
    ":(glob)x.py",
    "*.py",
    "\udcff\udcfe.py",  # not UTF-8
    "ünï/cödé.py",
    "a" * 200 + ".py",
)

LINES = "".join(f"line_{number} = {number}\n" for number in range(40))


def snapshot(author: Author, base: str, head: str, scope: Scope = EVERYTHING) -> Snapshot:
    return take(Clone.at(author.folder), base, head, scope)


def by_path(taken: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in taken.entries}


def test_added_modified_and_deleted_files_are_told_apart(author: Author) -> None:
    base = author.commit({"kept.py": "x = 1\n", "gone.py": "y = 1\n"})
    (author.folder / "gone.py").unlink()
    head = author.commit({"kept.py": "x = 2\n", "new.py": "print()\n", "note.txt": "hello\n"})
    found = by_path(snapshot(author, base, head))
    assert {path: entry.status for path, entry in found.items()} == {
        "gone.py": EntryStatus.DELETED,
        "kept.py": EntryStatus.MODIFIED,
        "new.py": EntryStatus.ADDED,
        "note.txt": EntryStatus.ADDED,
    }
    assert found["gone.py"].head is None
    assert found["new.py"].base is None


def test_hunks_count_in_head_lines_with_three_lines_of_context(author: Author) -> None:
    base = author.commit({"a.py": LINES})
    changed = LINES.replace("line_10 = 10\n", "one\ntwo\n").replace("line_30 = 30\n", "")
    head = author.commit({"a.py": changed})
    (entry,) = snapshot(author, base, head).entries
    first, second = entry.hunks
    assert (first.start, first.length, first.added) == (8, 8, frozenset({11, 12}))
    assert (second.start, second.length, second.added) == (29, 6, frozenset())


def test_content_that_looks_like_a_patch_is_only_content(author: Author) -> None:
    base = author.commit({"a.py": "-- a/x\n@@ -1 +1 @@\nx\n"})
    trap = "++ b/x\n@@ -9,9 +9,9 @@\nindex 0000000..1111111\ndiff --git a/x b/x\nx\n"
    head = author.commit({"a.py": trap})
    (hunk,) = snapshot(author, base, head).entries[0].hunks
    assert (hunk.start, hunk.length, hunk.added) == (1, 5, frozenset({1, 2, 3, 4}))


def test_file_without_final_newline_has_its_hunk(author: Author) -> None:
    base = author.commit({"a.py": "x"})
    head = author.commit({"a.py": "x\ny"})
    (hunk,) = snapshot(author, base, head).entries[0].hunks
    assert hunk.added == frozenset({1, 2})


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_name_is_read_like_any_other(author: Author, name: str) -> None:
    base = author.commit({name: LINES, "other.py": "1\n"})
    head = author.commit({name: LINES + "added = 1\n", "other.py": "2\n"})
    taken = snapshot(author, base, head)
    entry = by_path(taken)[name]
    assert entry.hunks[0].added == frozenset({41})
    assert entry.head is not None
    assert taken.tree[name] == entry.head.oid
    assert read(Clone.at(author.folder), [entry.head.oid]) == {
        entry.head.oid: (LINES + "added = 1\n").encode()
    }


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_name_of_a_large_file_keeps_only_that_file_from_the_diff(
    author: Author, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 5_000)
    base = author.commit({name: "small = 1\n", "other.py": "1\n"})
    head = author.commit({name: "# large\n" * 1_000, "other.py": "2\n"})
    found = by_path(snapshot(author, base, head))
    assert found[name].hunks == ()
    assert found["other.py"].hunks[0].added == frozenset({1})


def test_renamed_file_is_one_entry_with_both_paths_and_its_own_hunks(author: Author) -> None:
    base = author.commit({"old name.py": LINES, "same.py": "same\n" * 30})
    (author.folder / "old name.py").unlink()
    (author.folder / "same.py").rename(author.folder / "moved.py")
    head = author.commit({"pkg/new\nname.py": LINES + "added = 1\n"})
    found = by_path(snapshot(author, base, head))
    assert set(found) == {"pkg/new\nname.py", "moved.py"}
    renamed = found["pkg/new\nname.py"]
    assert renamed.status is EntryStatus.RENAMED
    assert renamed.base is not None
    assert renamed.base.path == "old name.py"
    assert renamed.hunks[0].added == frozenset({41})
    assert found["moved.py"].hunks == ()


def test_tree_holds_python_files_only_and_never_links(author: Author) -> None:
    (author.folder / "link.py").symlink_to("/etc/passwd")
    author.write("run.py", "1\n").chmod(0o755)
    head = author.commit({"a.py": "1\n", "b.pyi": "2\n", "c.txt": "3\n", "py": "4\n"})
    assert set(snapshot(author, head, head).tree) == {"a.py", "b.pyi", "run.py"}


def test_symbolic_link_and_submodule_are_skipped_by_nature(author: Author) -> None:
    base = author.commit({"was.py": "1\n"})
    one = author.blob(b"/etc/passwd")
    head = author.commit_tree(
        author.tree(
            ("120000", "blob", one, b"link.py"),
            ("160000", "commit", "1" * 40, b"sub.py"),
            ("160000", "commit", "2" * 40, b"vendor"),
            ("120000", "blob", one, b"was.py"),
        )
    )
    taken = snapshot(author, base, head)
    assert taken.skipped == (
        Skipped("link.py", "a symbolic link", Cause.NATURE),
        Skipped("sub.py", "a submodule", Cause.NATURE),
        Skipped("was.py", "a symbolic link", Cause.NATURE),
    )
    assert [entry.path for entry in taken.entries] == ["link.py", "sub.py", "vendor", "was.py"]
    assert by_path(taken)["was.py"].status is EntryStatus.TYPE_CHANGED


def test_link_that_becomes_a_file_shows_all_its_lines_as_added(author: Author) -> None:
    (author.folder / "a.py").symlink_to("target")
    base = author.commit()
    (author.folder / "a.py").unlink()
    head = author.commit({"a.py": "1\n2\n"})
    (entry,) = snapshot(author, base, head).entries
    assert entry.hunks[0].added == frozenset({1, 2})


def test_file_over_20_mb_is_skipped_by_the_changes_own_doing(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 1_000)
    monkeypatch.setattr(limits, "STREAM_BYTES", 10_000)
    base = author.commit()
    head = author.commit({"huge.py": "#" * 10_001, "large.py": "#" * 10_000, "a.py": "1\n"})
    clone = Clone.at(author.folder)
    taken = take(clone, base, head, EVERYTHING)
    assert taken.skipped == (Skipped("huge.py", "larger than 20 MB", Cause.CHANGE),)
    contents = read(clone, list(taken.tree.values()))
    assert contents[taken.tree["huge.py"]] is Absence.HUGE
    assert contents[taken.tree["large.py"]] is Absence.LARGE
    streamed = clone.ask(lambda objects: b"".join(objects.stream(taken.tree["large.py"])))
    assert streamed == b"#" * 10_000


def test_stream_may_be_left_early(author: Author) -> None:
    head = author.commit({"large.py": "#" * 5_000_000})
    clone = Clone.at(author.folder)
    oid = take(clone, head, head, EVERYTHING).tree["large.py"]
    stream = clone.objects.stream(oid)
    assert set(next(stream)) == {ord("#")}
    stream.close()


def test_file_outside_the_scope_is_an_entry_without_hunks_and_never_skipped(
    author: Author,
) -> None:
    base = author.commit()
    (author.folder / "vendor").mkdir()
    (author.folder / "vendor" / "link.py").symlink_to("x")
    head = author.commit({"vendor/a.py": "1\n", "b.py": "2\n"})
    taken = snapshot(author, base, head, Scope(lambda path: not path.startswith("vendor/")))
    found = by_path(taken)
    assert found["vendor/a.py"].hunks == ()
    assert found["b.py"].hunks[0].added == frozenset({1})
    assert taken.skipped == ()


def test_change_over_the_limit_of_entries_is_refused_as_a_whole(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHANGED_ENTRIES", 3)
    base = author.commit()
    head = author.commit({f"{number}.py": "1\n" for number in range(4)})
    taken = snapshot(author, base, head)
    assert taken.entries == ()
    ((path, cause),) = [(skipped.path, skipped.cause) for skipped in taken.skipped]
    assert (path, cause) == (".", Cause.CHANGE)


def test_list_of_changes_over_the_limit_is_refused_as_a_whole(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GIT_CHANGES_BYTES", 300)
    base = author.commit()
    head = author.commit({f"{number}.py": "1\n" for number in range(4)})
    taken = snapshot(author, base, head)
    assert [(skipped.path, skipped.cause) for skipped in taken.skipped] == [(".", Cause.CHANGE)]


def test_tree_that_takes_too_long_to_be_listed_is_refused_as_a_whole(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = author.commit()
    head = author.commit_tree(
        author.tree(*(("100644", "blob", "1" * 40, b"%06d.py" % n) for n in range(100_000)))
    )
    monkeypatch.setattr(limits, "GIT_LISTING_SECONDS", 0.0)
    taken = snapshot(author, base, head)
    assert [(skipped.path, skipped.cause) for skipped in taken.skipped] == [(".", Cause.CHANGE)]


def test_tree_bomb_is_refused_in_bounded_memory(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GIT_MEMORY_BYTES", 200 << 20)
    base = author.commit()
    taken = snapshot(author, base, author.commit_tree(author.tree_bomb()))
    assert [skipped.cause for skipped in taken.skipped] == [Cause.CHANGE]


def test_too_many_large_files_cost_the_hunks_but_not_the_entries(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    monkeypatch.setattr(limits, "EXCLUDED_PATHS", 2)
    base = author.commit({f"{n}.py": "1\n" for n in range(3)} | {"a.py": "1\n"})
    head = author.commit({f"{n}.py": "#" * 11 for n in range(3)} | {"a.py": "2\n"})
    assert [entry.hunks for entry in snapshot(author, base, head).entries] == [(), (), (), ()]


@pytest.mark.parametrize(
    ("limit", "value"), [("GIT_DIFF_BYTES", 1_000), ("GIT_CONTENTS_SECONDS", 0.0)]
)
def test_diff_that_is_too_large_or_slow_costs_the_hunks_but_not_the_entries(
    author: Author, monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    base = author.commit({"a.py": "1\n"})
    head = author.commit({"a.py": "2\n" * 200_000})
    monkeypatch.setattr(limits, limit, value)
    taken = snapshot(author, base, head)
    assert [(entry.path, entry.hunks) for entry in taken.entries] == [("a.py", ())]
    assert taken.skipped == ()


def test_missing_blob_is_named_as_skipped_by_our_fault(author: Author) -> None:
    base = author.commit({"b.py": "1\n"})
    kept = author.git("rev-parse", "HEAD:b.py")
    head = author.commit_tree(
        author.tree(("100644", "blob", "1" * 40, b"a.py"), ("100644", "blob", kept, b"c.py"))
    )
    taken = snapshot(author, base, head)
    assert [(skipped.path, skipped.cause) for skipped in taken.skipped] == [("a.py", Cause.SERVICE)]
    assert by_path(taken)["c.py"].status is EntryStatus.RENAMED
    assert read(Clone.at(author.folder), ["1" * 40]) == {"1" * 40: Absence.MISSING}


def test_change_of_5000_files_is_read(author: Author) -> None:
    base = author.commit({f"pkg/{n % 50}/m{n}.py": f"x = {n}\n" for n in range(5_000)})
    head = author.commit({f"pkg/{n % 50}/m{n}.py": f"x = {n}\ny = 1\n" for n in range(5_000)})
    taken = snapshot(author, base, head)
    assert len(taken.entries) == 5_000
    assert {entry.hunks[0].added for entry in taken.entries} == {frozenset({2})}
