"""`ssot check` on real clones: verdict, exit code, and what it says when it cannot work."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.entry import run
from tests.bot.cli.conftest import CONFIG, CONFIG_PATH, OLD_IMPORT, Repository

ROOT = Path(__file__).parents[3]


def check(repository: Repository, *flags: str) -> int:
    return run(["check", "--repo", str(repository.folder), *flags])


def report(
    repository: Repository, capsys: pytest.CaptureFixture[str], *flags: str
) -> dict[str, Any]:
    check(repository, "--format", "json", *flags)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_change_that_adds_nothing_is_clean(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", "import shop.engine\n")
    assert check(repository) == 0
    assert "nothing new, 1 file analysed" in capsys.readouterr().out


def test_new_finding_in_the_working_tree_fails(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", f"import os\n{OLD_IMPORT}")
    assert check(repository) == 1
    assert "shop/cart.py:2:25: error forbidden-import" in capsys.readouterr().out


def test_json_holds_the_verdict_of_the_working_tree(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("tests/test_cart.py", OLD_IMPORT)
    found = report(repository, capsys)
    assert found["schema"] == 1
    assert found["base"] == repository.git("rev-parse", "main")
    assert found["head"] == "working tree"
    assert found["conclusion"] == "failure"
    [finding] = found["findings"]
    assert (finding["path"], finding["line"]) == ("tests/test_cart.py", 1)
    assert finding["symbol"] == "shop.legacy.Engine"
    assert finding["in_tests"]
    assert found["stats"]["files_changed"] == 1


def test_commit_is_checked_without_the_working_tree(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    head = repository.commit()
    repository.write("shop/later.py", OLD_IMPORT)
    found = report(repository, capsys, "--head", "topic")
    assert found["head"] == head
    assert [each["path"] for each in found["findings"]] == ["shop/cart.py"]


def test_what_the_base_gained_meanwhile_is_not_held_against_the_change(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    start = repository.git("rev-parse", "main")
    repository.git("checkout", "--quiet", "main")
    repository.write("shop/other.py", "import os\n")
    repository.commit()
    repository.git("checkout", "--quiet", "topic")
    repository.write("shop/cart.py", OLD_IMPORT)
    found = report(repository, capsys)
    assert found["base"] == start
    assert [each["path"] for each in found["findings"]] == ["shop/cart.py"]


def test_config_of_the_base_holds_when_the_change_weakens_it(repository: Repository) -> None:
    repository.write(CONFIG_PATH, "version: 1\n")
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository) == 1


def test_config_is_read_at_the_tip_of_the_base(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write(CONFIG_PATH, f"{CONFIG}rules: {{forbidden-import: off}}\n")
    repository.commit()
    repository.git("checkout", "--quiet", "topic")
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository) == 0


def test_config_that_only_the_working_tree_has_is_used(unconfigured: Repository) -> None:
    unconfigured.git("checkout", "--quiet", "-b", "topic")
    unconfigured.write(CONFIG_PATH, CONFIG)
    unconfigured.write("shop/cart.py", OLD_IMPORT)
    assert check(unconfigured) == 1


def test_named_config_wins(repository: Repository, tmp_path: Path) -> None:
    quiet = tmp_path / "quiet.yml"
    quiet.write_text("version: 1\n")
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository, "--config", str(quiet)) == 0


def test_warning_alone_passes(repository: Repository, tmp_path: Path) -> None:
    lenient = tmp_path / "lenient.yml"
    lenient.write_text(f"{CONFIG}rules: {{forbidden-import: warning}}\n")
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository, "--config", str(lenient)) == 0


def test_file_that_cannot_be_analysed_is_told_by_the_exit_code(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", b"# coding: nonsense\n" + OLD_IMPORT.encode())
    assert check(repository) == 3
    assert "Not analysed:\nshop/cart.py: " in capsys.readouterr().out


def test_error_outweighs_what_cannot_be_analysed(repository: Repository) -> None:
    repository.write("shop/cart.py", b"# coding: nonsense\n" + OLD_IMPORT.encode())
    repository.write("shop/till.py", OLD_IMPORT)
    assert check(repository) == 1


def test_symbolic_link_is_mentioned_and_passes(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository.folder / "shop/link.py").symlink_to("engine.py")
    assert check(repository) == 0
    assert "shop/link.py: a symbolic link" in capsys.readouterr().out


def test_folder_inside_the_clone_will_do(repository: Repository) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    assert run(["check", "--repo", str(repository.folder / "shop")]) == 1


def test_bare_clone_can_be_checked(repository: Repository, tmp_path: Path) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    head = repository.commit()
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    bare = Repository(tmp_path / "bare.git")
    assert check(bare, "--base", "main", "--head", head) == 1


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--base", "nowhere"], "no such revision: nowhere"),
        (["--head", "nowhere"], "no such revision: nowhere"),
        (["--base", ""], "no such revision: "),
        (["--head", ""], "no such revision: "),
        (["--head", "--help"], "expected one argument"),
        (["--config", "nowhere.yml"], "cannot read nowhere.yml: No such file"),
        (["--format", "xml"], "choose from"),
        (["--bas", "main"], "unrecognized arguments"),
    ],
)
def test_wrong_flag_is_answered_with_a_sentence(
    repository: Repository, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    try:
        code = check(repository, *flags)
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""


def test_folder_without_repository_is_answered_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--repo", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"ssot: not a git repository: {tmp_path} (go into a clone, or name one with --repo)\n"
    )


def test_missing_config_is_answered_with_a_sentence(
    unconfigured: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(unconfigured) == 2
    complaint = capsys.readouterr().err
    assert "no .github/ssot.yml at main or in the working tree" in complaint
    assert "`ssot init --write`" in complaint
    unconfigured.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert check(Repository(tmp_path / "bare.git"), "--base", "main", "--head", "main") == 2
    assert "Name a file with --config" in capsys.readouterr().err


def test_bare_clone_without_a_head_is_answered_with_a_sentence(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert check(Repository(tmp_path / "bare.git"), "--base", "main") == 2
    assert "--head" in capsys.readouterr().err


def test_invalid_config_is_answered_with_every_problem(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write(CONFIG_PATH, "version: 2\nrule: {}\n")
    repository.commit()
    assert check(repository) == 2
    assert capsys.readouterr().err.splitlines() == [
        "ssot: .github/ssot.yml at main is no valid config:",
        "ssot: line 1, column 10: version: write 1",
        "ssot: line 2, column 1: rule: 'rule' is unknown: did you mean 'rules'?",
    ]


def test_waived_finding_is_listed_and_passes(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    until = datetime.now(UTC).date() + timedelta(days=9)
    allow = f'# ssot: allow[forbidden-import] until={until} reason="soon gone"'
    repository.write("shop/cart.py", f"{allow}\n{OLD_IMPORT}")
    assert check(repository) == 0
    assert f"(until {until}: soon gone)" in capsys.readouterr().out
    [finding] = report(repository, capsys)["findings"]
    assert (finding["status"], finding["severity"]) == ("waived", "error")


@pytest.mark.parametrize("flags", [(), ("--head", "HEAD")])
def test_invalid_config_of_the_change_is_found_where_it_stands(
    repository: Repository, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    repository.write(CONFIG_PATH, f"{CONFIG}rule: {{}}\n")
    repository.commit()
    assert check(repository, *flags) == 1
    assert f".github/ssot.yml:{CONFIG.count(chr(10)) + 1}:1: error config-error" in (
        capsys.readouterr().out
    )


def test_config_too_large_to_be_read_is_found(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(CONFIG_PATH, CONFIG + "# more\n" * 300_000)
    assert check(repository) == 1
    assert "error config-error the file is larger than 64 kB" in capsys.readouterr().out


def test_config_that_became_a_link_is_found(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    place = repository.folder / CONFIG_PATH
    place.unlink()
    place.symlink_to("elsewhere.yml")
    assert check(repository) == 1
    assert "error config-error" in capsys.readouterr().out


def test_config_that_became_a_submodule_is_no_config(repository: Repository) -> None:
    repository.git("rm", "--quiet", CONFIG_PATH)
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{CONFIG_PATH}")
    repository.git("commit", "--quiet", "--message", "a change")
    assert check(repository, "--head", "HEAD") == 0


def test_config_in_the_working_tree_alone_is_previewed(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(CONFIG_PATH, f"{CONFIG}rules: {{forbidden-import: off}}\n")
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository) == 1
    assert "would add 0 / drop 1 findings" in capsys.readouterr().out


def test_path_that_is_not_utf8_stands_in_valid_json(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(b"shop/caf\xe9.py", OLD_IMPORT)
    [finding] = report(repository, capsys)["findings"]
    assert finding["path"] == r"shop/caf\xe9.py"


def test_sarif_and_github_tell_the_same_finding(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository, "--format", "sarif") == 1
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"] == "forbidden-import"
    assert check(repository, "--format", "github") == 1
    command, *_ = capsys.readouterr().out.splitlines()
    assert command.startswith("::error file=shop/cart.py,line=1,")


def test_wrong_format_is_answered_with_all_there_are(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        check(repository, "--format", "xml")
    assert stop.value.code == 2
    complaint = capsys.readouterr().err
    assert all(form in complaint for form in ("text", "json", "sarif", "github"))


@pytest.mark.parametrize(("form", "is_written"), [("github", True), ("text", False)])
def test_page_of_the_workflow_run_gets_the_summary(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    is_written: bool,
) -> None:
    page = tmp_path / "summary.md"
    page.write_text("## Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository, "--format", form) == 1
    assert page.read_text().startswith("## Before\n")
    assert ("**forbidden-import** (1)" in page.read_text()) is is_written
    assert ("`ssot explain RULE`" in page.read_text()) is is_written
    assert "/ssot help" not in page.read_text()


def test_mode_of_the_report_is_that_of_the_app_alone(
    repository: Repository, tmp_path: Path
) -> None:
    observing = tmp_path / "ssot.yml"
    observing.write_text(f"{CONFIG}report: {{mode: observe}}\n")
    repository.write("shop/cart.py", OLD_IMPORT)
    assert check(repository, "--config", str(observing)) == 1


def test_fix_is_pointed_to_where_there_is_a_proven_one(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    hint = "1 can be fixed: `ssot fix` shows how, `ssot fix --write` does it\n"
    repository.write("shop/cart.py", "import shop.legacy as old\nold.gone()\n" + OLD_IMPORT)
    check(repository)
    assert capsys.readouterr().out.endswith(hint)
    head = repository.commit()
    check(repository, "--head", head)
    assert hint not in capsys.readouterr().out


def test_page_of_the_workflow_run_that_cannot_be_written_changes_no_verdict(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "gone" / "summary.md"))
    assert check(repository, "--format", "github") == 0
    assert capsys.readouterr().err == (
        "ssot: the summary of the workflow run cannot be written: No such file or directory\n"
    )


@pytest.mark.parametrize("command", ["check", "fix", "scan"])
def test_repository_without_a_commit_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    Repository(tmp_path).git("init", "--quiet")
    assert run([command, "--repo", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "ssot: there is no commit yet\n"
