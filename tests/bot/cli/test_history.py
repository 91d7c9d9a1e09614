"""`ssot history` on real clones: which commits are points, what they count, the report."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.entry import run
from checks.stages import Stage
from tests.bot.cli.conftest import CONFIG, ENVIRONMENT, OLD_IMPORT, Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSOT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ssot.yml"
    file.write_text(CONFIG)
    return file


@pytest.fixture
def empty(tmp_path: Path) -> Repository:
    folder = tmp_path / "history"
    folder.mkdir()
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch", "main")
    return repository


def commit(repository: Repository, when: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(ENVIRONMENT, "GIT_COMMITTER_DATE", when)
    return repository.commit()


def points(
    repository: Repository, config: Path, capsys: pytest.CaptureFixture[str], *flags: str
) -> list[dict[str, Any]]:
    where = ["--repo", str(repository.folder), "--config", str(config)]
    assert run(["history", *where, "--format", "json", *flags]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["schema"] == 1
    listed: list[dict[str, Any]] = found["points"]
    return listed


@pytest.fixture
def three_days(empty: Repository, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Four commits on three days of two ISO weeks; the second is late on its own calendar only."""
    empty.write("shop/legacy.py", "class Engine: ...\n")
    empty.write("a.py", OLD_IMPORT)
    first = commit(empty, "2025-09-06T12:00:00 +0000", monkeypatch)
    empty.write("b.py", OLD_IMPORT)
    second = commit(empty, "2025-09-06T23:30:00 -0700", monkeypatch)
    empty.write("c.py", OLD_IMPORT)
    third = commit(empty, "2025-09-08T01:00:00 +0000", monkeypatch)
    empty.write("a.py", "")
    empty.write("b.py", "")
    fourth = commit(empty, "2025-09-09T10:00:00 +0000", monkeypatch)
    return [first, second, third, fourth]


def test_each_day_is_its_last_commit_on_the_committers_calendar(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, second, third, fourth = three_days
    found = points(empty, config, capsys)
    assert [(p["date"], p["rev"]) for p in found] == [
        ("2025-09-06", second),
        ("2025-09-08", third),
        ("2025-09-09", fourth),
    ]
    assert [p["counts"]["forbidden-import"] for p in found] == [2, 3, 1]
    assert [p["files"]["forbidden-import"] for p in found] == [2, 3, 1]


def test_weeks_end_on_sunday(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, second, _, fourth = three_days
    assert [p["rev"] for p in points(empty, config, capsys, "--every", "week")] == [second, fourth]


def test_every_commit_within_the_days_is_a_point(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ("--every", "commit", "--since", "2025-09-06", "--until", "2025-09-08")
    assert [p["rev"] for p in points(empty, config, capsys, *flags)] == three_days[:3]


def test_points_are_what_scan_counts(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for point in points(empty, config, capsys, "--every", "commit"):
        where = ["--repo", str(empty.folder), "--config", str(config), "--rev", point["rev"]]
        assert run(["scan", *where, "--format", "json"]) == 0
        scanned = json.loads(capsys.readouterr().out)
        assert (scanned["counts"], scanned["files"]) == (point["counts"], point["files"])


def test_merged_branch_counts_by_its_merge_only(
    empty: Repository,
    three_days: list[str],
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty.git("checkout", "--quiet", "-b", "topic")
    empty.write("d.py", OLD_IMPORT)
    commit(empty, "2025-09-10T10:00:00 +0000", monkeypatch)
    empty.git("checkout", "--quiet", "main")
    monkeypatch.setitem(ENVIRONMENT, "GIT_COMMITTER_DATE", "2025-09-11T10:00:00 +0000")
    empty.git("merge", "--quiet", "--no-ff", "--message", "merge", "topic")
    days = [p["date"] for p in points(empty, config, capsys, "--since", "2025-09-09")]
    assert days == ["2025-09-09", "2025-09-11"]


def test_days_without_a_commit_are_told(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--repo", str(empty.folder), "--config", str(config)]
    assert run(["history", *where, "--since", "2026-01-01"]) == 2
    assert "from 2025-09-06 to 2025-09-09" in capsys.readouterr().err


def test_text_is_a_table_of_the_rules_that_found_anything(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["history", "--repo", str(empty.folder), "--config", str(config)]) == 0
    printed = capsys.readouterr()
    header, *rows = printed.out.splitlines()
    assert header.split()[:2] == ["day", "commit"]
    assert "syntax-error" not in header
    assert [row.split()[0] for row in rows] == ["2025-09-06", "2025-09-08", "2025-09-09"]
    assert printed.err == ""


def test_report_needs_no_other_file_and_runs_no_script(
    empty: Repository,
    three_days: list[str],
    config: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    config.write_text(CONFIG.replace("canonical:", 'about: "<b>One</b> & only"\n    canonical:'))
    points(empty, config, capsys, "--html", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text()
    assert "&lt;b&gt;One&lt;/b&gt; &amp; only" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=|url\(|@import|https?:", page)
    assert page.count("<svg") == len(re.findall('role="img" aria-label="[^"]+"', page)) > 2
    assert "implementation since 2025-09-06" in page
    assert re.findall(r'<span class="stage \w+">(\w+)</span>', page)[-4:] == list(Stage)


def test_report_that_is_written_is_told(
    empty: Repository,
    three_days: list[str],
    config: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    where = ["--repo", str(empty.folder), "--config", str(config)]
    file = tmp_path / "the report.html"
    assert run(["history", *where, "--since", "2025-09-09", "--html", str(file)]) == 0
    assert capsys.readouterr().err == f"{file} is written: open it in a browser\n"


def test_report_that_cannot_be_written_is_told(
    empty: Repository, three_days: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--repo", str(empty.folder), "--config", str(config)]
    assert run(["history", *where, "--html", str(empty.folder)]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_what_is_no_day_is_told(empty: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["history", "--since", "yesterday"])
    assert "'yesterday' is not a date" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("1 -1200", "1969-12-31"),
        ("1757160000 +051800", "2025-09-06"),
        ("1757160000 +9999999999999900", "2025-09-06"),
        ("999999999999999 +0000", "1970-01-01"),
    ],
)
def test_commit_with_a_time_that_git_cannot_write_is_a_point(
    empty: Repository,
    config: Path,
    capsys: pytest.CaptureFixture[str],
    when: str,
    day: str,
) -> None:
    empty.write("a.py", OLD_IMPORT)
    made = empty.git("cat-file", "commit", empty.commit())
    odd = re.sub(r"(?m)^(committer .*>) .*$", rf"\1 {when}", made)
    (empty.folder / "odd").write_text(odd)
    oid = empty.git("hash-object", "-t", "commit", "-w", "--literally", "odd").strip()
    empty.git("update-ref", "refs/heads/main", oid)
    found = points(empty, config, capsys)
    assert [(point["rev"], point["date"][:10]) for point in found] == [(oid, day)]


def test_history_of_a_shallow_clone_says_that_it_begins_late(
    empty: Repository,
    three_days: list[str],
    config: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    shallow = Repository(tmp_path / "shallow")
    empty.git("clone", "-q", "--depth=1", f"file://{empty.folder}", str(shallow.folder))
    where = ["history", "--repo", str(shallow.folder), "--config", str(config)]
    assert run(where) == 0
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert "shallow: its history begins on 2025-09-09" in printed.err
    assert run([*where, "--since", "2025-09-09"]) == 0
    assert capsys.readouterr().err == ""


def test_report_that_has_no_folder_is_told_before_anything_is_counted(
    empty: Repository, three_days: list[str], config: Path, tmp_path: Path
) -> None:
    file = tmp_path / "none" / "report.html"
    where = ["history", "--repo", str(empty.folder), "--config", str(config)]
    assert run([*where, "--html", str(file)]) == 2
    assert not (tmp_path / "data").exists()


def test_repository_without_a_commit_is_told(
    empty: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["history", "--repo", str(empty.folder)]) == 2
    assert "there is no commit yet" in capsys.readouterr().err


def test_files_that_the_last_point_could_not_analyse_are_counted(
    empty: Repository,
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = ["history", "--repo", str(empty.folder), "--config", str(config), "--format", "json"]
    unreadable = b"# coding: nonsense\n" + OLD_IMPORT.encode()
    for name in ("a.py", "b.py", "c.py"):
        empty.write(name, unreadable)
    commit(empty, "2025-09-06T12:00:00 +0000", monkeypatch)
    empty.write("a.py", "")
    second = commit(empty, "2025-09-07T12:00:00 +0000", monkeypatch)

    assert run(where) == 0
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)["points"]) == 2
    assert printed.err == (
        f"2 files not analysed at {second[:12]}: `ssot scan --rev {second[:12]}` tells why\n"
    )

    empty.write("b.py", "")
    empty.write("c.py", "")
    commit(empty, "2025-09-08T12:00:00 +0000", monkeypatch)
    assert run(where) == 0
    assert capsys.readouterr().err == ""
