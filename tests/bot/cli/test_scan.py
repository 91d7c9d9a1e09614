"""`ssot scan` on real clones, with and without its cache."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.entry import run
from bot.store import footings
from bot.store.facts import FILE
from tests.bot.cli.conftest import OLD_IMPORT, Repository

if TYPE_CHECKING:
    from pathlib import Path

MANY = 120  # more than are read without workers


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSOT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "cache"


def scan(repository: Repository, capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, Any]:
    assert run(["scan", "--repo", str(repository.folder), "--format", "json", *flags]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    found["stats"].pop("seconds")
    return found


def forget_footing(cache: Path) -> None:
    """Have the next census taken from the cache of facts."""
    for file in cache.glob(f"*/{footings.FILE}"):
        file.unlink()


def test_every_finding_of_the_tree_is_counted_and_the_exit_code_is_zero(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", f"{OLD_IMPORT}import shop.legacy\n")
    repository.write("tests/test_cart.py", OLD_IMPORT)
    repository.write("notes.bak", "")
    commit = repository.commit()
    found = scan(repository, capsys)
    assert (found["schema"], found["rev"]) == (1, commit)
    assert found["counts"]["forbidden-import"] == 3
    assert found["files"]["forbidden-import"] == 2
    assert found["counts"]["backup-file"] == found["files"]["backup-file"] == 1
    assert found["counts"]["syntax-error"] == 0
    places = [(f["path"], f["line"], f["status"], f["in_tests"]) for f in found["findings"]]
    assert ("shop/cart.py", 2, "new", False) in places
    assert ("tests/test_cart.py", 1, "new", True) in places
    assert found["stats"] == {"files": 6, "files_analyzed": 4}


def test_working_tree_is_not_looked_at(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    assert scan(repository, capsys)["counts"]["forbidden-import"] == 0


def test_other_commit_is_scanned_by_its_own_config(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    repository.commit()
    repository.write(".github/ssot.yml", "version: 1\nrules: {forbidden-import: off}\n")
    repository.commit()
    assert "forbidden-import" not in scan(repository, capsys)["counts"]
    assert scan(repository, capsys, "--rev", "HEAD~1")["counts"]["forbidden-import"] == 1


def test_many_files_are_read_in_workers_with_the_same_result(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(MANY):
        repository.write(f"shop/cart{number}.py", f"NUMBER = {number}\n{OLD_IMPORT}")
    repository.write("shop/broken.py", "def broken(:\n")
    repository.commit()
    found = scan(repository, capsys)
    assert found["files"]["forbidden-import"] == MANY
    assert [f["line"] for f in found["findings"] if f["rule"] == "syntax-error"] == [1]


def test_cache_changes_nothing(
    repository: Repository, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    repository.write("shop/cart.py", f"{OLD_IMPORT}x = (\n")
    repository.commit()
    first = scan(repository, capsys)
    assert list(cache.glob(f"*/{FILE}"))
    assert scan(repository, capsys) == first
    forget_footing(cache)
    assert scan(repository, capsys) == first
    repository.write("shop/cart.py", "")
    repository.commit()
    assert scan(repository, capsys)["counts"]["forbidden-import"] == 0
    assert scan(repository, capsys, "--rev", "HEAD~1") == first


def test_next_commit_is_counted_as_without_the_last_census(
    repository: Repository, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    repository.write("shop/old.py", OLD_IMPORT)
    repository.commit()
    scan(repository, capsys)
    repository.write("bin/run-cart.py", OLD_IMPORT)
    repository.write("cart.bak", "")
    repository.commit()
    found = scan(repository, capsys)
    assert (found["files"]["forbidden-import"], found["files"]["backup-file"]) == (3, 1)
    forget_footing(cache)
    assert scan(repository, capsys) == found


def test_last_census_of_a_commit_that_is_gone_is_no_hindrance(
    repository: Repository, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    first = repository.commit()
    scan(repository, capsys)
    repository.write("shop/cart.py", "x = 1\n")
    repository.git("add", "-A")
    repository.git("commit", "--quiet", "--amend", "-m", "another")
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "--quiet", "--prune=now")
    assert repository.git("cat-file", "--batch-all-objects", "--batch-check").find(first) < 0
    assert scan(repository, capsys)["counts"]["forbidden-import"] == 0


@pytest.mark.parametrize("damage", ["gone", "rubbish", "cut", "folder"])
def test_damaged_cache_changes_nothing_but_time(
    repository: Repository, capsys: pytest.CaptureFixture[str], cache: Path, damage: str
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    repository.commit()
    first = scan(repository, capsys)
    (file,) = cache.glob(f"*/{FILE}")
    content = file.read_bytes()
    forget_footing(cache)
    file.unlink()
    match damage:
        case "rubbish":
            file.write_bytes(b"SQLite format 3\0" + b"rubbish" * 999)
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "folder":
            file.mkdir()
    assert scan(repository, capsys) == first


def test_no_clone_sees_the_cache_of_another(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    repository.commit()
    first = scan(repository, capsys)
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "other.git"))
    assert scan(Repository(tmp_path / "other.git"), capsys) == first


def test_text_tells_counts_stages_and_files(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    repository.commit()
    assert run(["scan", "--repo", str(repository.folder)]) == 0
    printed = capsys.readouterr()
    assert "       1  forbidden-import in 1 file\n" in printed.out
    assert "syntax-error" not in printed.out  # as in `ssot history`: only what found anything
    assert "  implementation  shop.legacy\n" in printed.out
    assert printed.err == ""


def test_unknown_revision_is_told(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "--repo", str(repository.folder), "--rev", "nowhere"]) == 2
    assert "no such revision: nowhere" in capsys.readouterr().err
