"""`ssot fix` on real clones: what it shows, what it writes, what it leaves alone."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.cli.entry import run
from bot.cli.files import WorkingFiles
from bot.domain.errors import UserError
from bot.git.clone import Clone
from tests.bot.cli.conftest import CONFIG, CONFIG_PATH, ENVIRONMENT, OLD_IMPORT, Repository

if TYPE_CHECKING:
    from pathlib import Path

NEW_IMPORT = "from shop.engine import Engine\n"


def fix(repository: Repository, *flags: str) -> int:
    return run(["fix", "--repo", str(repository.folder), *flags])


def content(repository: Repository, path: str) -> bytes:
    return (repository.folder / path).read_bytes()


def test_diff_is_shown_and_nothing_written(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", f"import os\n{OLD_IMPORT}")

    assert fix(repository) == 1

    shown = capsys.readouterr()
    assert shown.out == (
        "--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -1,2 +1,2 @@\n import os\n"
        f"-{OLD_IMPORT}+{NEW_IMPORT}"
    )
    assert shown.err == "1 finding in 1 file can be fixed with `ssot fix --write`, 0 left\n"
    assert content(repository, "shop/cart.py") == f"import os\n{OLD_IMPORT}".encode()


def test_written_fix_leaves_nothing_new(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)

    assert fix(repository, "--write") == 0

    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "1 finding in 1 file fixed, 0 left\n")
    assert content(repository, "shop/cart.py") == NEW_IMPORT.encode()
    assert fix(repository) == 0
    assert capsys.readouterr().err == "nothing to fix\n"


def test_finding_without_a_proven_fix_stays_and_fails(repository: Repository) -> None:
    stays = "from shop.legacy import Missing\n"
    repository.write("shop/cart.py", stays + OLD_IMPORT)

    assert fix(repository, "--write") == 1
    assert content(repository, "shop/cart.py") == (stays + NEW_IMPORT).encode()


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbfx = 1\r\nfrom shop.legacy import Engine\r\n", b"from shop.legacy import Engine"],
    ids=["CRLF and byte order mark", "no line end"],
)
def test_file_keeps_its_bytes_and_its_mode(repository: Repository, before: bytes) -> None:
    repository.write("shop/cart.py", before)
    place = repository.folder / "shop/cart.py"
    place.chmod(0o750)

    assert fix(repository, "--write") == 0
    assert place.read_bytes() == before.replace(b"shop.legacy", b"shop.engine")
    assert stat.S_IMODE(place.stat().st_mode) == 0o750
    assert [path.name for path in place.parent.iterdir() if path.name.startswith(".")] == []


def test_line_ends_of_the_working_tree_stay_where_git_holds_others(repository: Repository) -> None:
    repository.write("shop/cart.py", "x = 1\ny = 2\n")
    repository.commit()
    repository.write("shop/cart.py", f"x = 1\n{OLD_IMPORT}y = 2\n".replace("\n", "\r\n"))

    assert fix(repository, "--write") == 0
    assert (
        content(repository, "shop/cart.py")
        == f"x = 1\n{NEW_IMPORT}y = 2\n".replace("\n", "\r\n").encode()
    )


def test_old_findings_are_left_alone_unless_all_are_asked_for(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write("shop/old.py", OLD_IMPORT)
    repository.commit()
    repository.git("checkout", "--quiet", "-B", "topic")

    assert fix(repository, "--write") == 0
    assert content(repository, "shop/old.py") == OLD_IMPORT.encode()

    # The old module itself becomes a redirect, too.
    assert fix(repository, "--all", "--write") == 0
    assert content(repository, "shop/old.py") == NEW_IMPORT.encode()
    assert b"DeprecationWarning" in content(repository, "shop/legacy.py")


def test_whole_tree_is_fixed_without_a_branch_to_compare_with(repository: Repository) -> None:
    repository.git("branch", "--quiet", "--delete", "main")
    repository.write("shop/old.py", OLD_IMPORT)
    repository.commit()
    (repository.folder / CONFIG_PATH).unlink()

    assert fix(repository) == 2
    assert fix(repository, "--all", "--write") == 0
    assert content(repository, "shop/old.py") == NEW_IMPORT.encode()


def test_whole_tree_of_a_shallow_clone_is_fixed(repository: Repository, tmp_path: Path) -> None:
    repository.write("shop/old.py", OLD_IMPORT)
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    shallow = Repository(tmp_path / "shallow")
    source = f"file://{repository.folder}"
    repository.git("clone", "--quiet", "--depth=1", "--branch=topic", source, str(shallow.folder))

    assert fix(shallow) == 2
    assert fix(shallow, "--all", "--write") == 0
    assert content(shallow, "shop/old.py") == NEW_IMPORT.encode()


def test_whole_tree_is_fixed_by_the_config_of_the_base_where_there_is_one(
    repository: Repository,
) -> None:
    repository.write(CONFIG_PATH, "version: 1\n")
    repository.write("shop/old.py", OLD_IMPORT)
    repository.commit()

    assert fix(repository, "--all", "--write") == 0
    assert content(repository, "shop/old.py") == NEW_IMPORT.encode()


@pytest.mark.parametrize(
    "before",
    [f"import os\n{OLD_IMPORT}", "\ufeffimport os\r\nfrom shop.legacy import Engine"],
    ids=["plain", "byte order mark, CRLF, no line end"],
)
def test_shown_diff_is_one_that_git_applies(
    repository: Repository, capfd: pytest.CaptureFixture[str], tmp_path: Path, before: str
) -> None:
    repository.write("shop/cart.py", before)
    fix(repository)
    patch = tmp_path / "fix.patch"
    patch.write_bytes(capfd.readouterr().out.encode())

    repository.git("apply", str(patch))

    assert fix(repository) == 0


def applied(
    repository: Repository, path: str, capfd: pytest.CaptureFixture[str], folder: Path
) -> str:
    """Have `git apply` take the fix of a file of this name, and return what was shown."""
    repository.write(path, OLD_IMPORT)
    fix(repository)
    diff = capfd.readouterr().out
    patch = folder / "fix.patch"
    patch.write_bytes(diff.encode())
    repository.git("apply", str(patch))
    assert content(repository, path) == NEW_IMPORT.encode()
    return diff


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tab\there.py", "tab\\there.py"),
        ("new\nline.py", "new\\nline.py"),
        ("\x1b[31m\x7f.py", "\\033[31m\\177.py"),
        ('"\\.py', '\\"\\\\.py'),
        ("\u202eyp.py", "\\342\\200\\256yp.py"),
        (os.fsdecode(b"\xe9.py"), "\\351.py"),
    ],
    ids=["tab", "line end", "escape", "quote", "bidi mark", "not UTF-8"],
)
def test_odd_file_name_is_quoted_as_git_quotes_it(
    repository: Repository,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    shown: str,
) -> None:
    diff = applied(repository, f"shop/{name}", capfd, tmp_path)
    assert diff.startswith(f'--- "a/shop/{shown}"\n+++ "b/shop/{shown}"\n@@')


@pytest.mark.parametrize("name", ["my file.py", "caf\u00e9.py"])
def test_file_name_that_harms_nobody_is_shown_as_it_is(
    repository: Repository, capfd: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    diff = applied(repository, f"shop/{name}", capfd, tmp_path)
    assert diff.startswith(f"--- a/shop/{name}\n")


def test_overlapping_fixes_are_made_in_turns(repository: Repository, tmp_path: Path) -> None:
    repository.write("shop/engine.py", "class Engine: ...\n\n\ndef build(): ...\n")
    repository.write("shop/older.py", "class Engine: ...\n")
    repository.write(
        "shop/legacy.py", "from shop.older import Engine\n\n\ndef build():\n    Engine()\n"
    )
    config = tmp_path / "ssot.yml"
    config.write_text(CONFIG + "      shop.older: {use: shop.engine}\n")

    fix(repository, "--write", "--config", str(config))

    made = content(repository, "shop/legacy.py")
    assert b"from shop.engine import Engine, build\n" in made
    assert b"def build" not in made


def test_file_that_git_keeps_in_another_form_is_left_and_named(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(".gitattributes", "shop/cart.py ident\n")
    repository.write("shop/cart.py", f"# $Id$\n{OLD_IMPORT}")
    repository.write("shop/pay.py", OLD_IMPORT)
    repository.commit()
    (repository.folder / "shop/cart.py").unlink()
    repository.git("checkout", "--", "shop/cart.py")
    os.utime(repository.folder / "shop/cart.py", (1e9, 1e9))
    repository.git("update-index", "--refresh")

    assert fix(repository, "--write") == 1

    assert "shop/cart.py differs between disk and git" in capsys.readouterr().err
    assert OLD_IMPORT.encode() in content(repository, "shop/cart.py")
    assert content(repository, "shop/pay.py") == NEW_IMPORT.encode()


def test_file_that_changes_meanwhile_is_not_overwritten(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", OLD_IMPORT)
    clone = Clone.at(repository.folder)
    with clone.working_tree() as (objects, tree):
        paths = {version.path: version.oid for version in objects.objects.tree(tree)}
        files = WorkingFiles(objects, paths)
        assert files.read("shop/cart.py") == OLD_IMPORT.encode()
        repository.write("shop/cart.py", "x = 1\n")

        with pytest.raises(UserError, match="changed meanwhile"):
            files.write("shop/cart.py", NEW_IMPORT.encode())

    assert content(repository, "shop/cart.py") == b"x = 1\n"


def test_bare_repository_has_nothing_to_write_to(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare"
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", str(repository.folder), str(bare)],
        env=ENVIRONMENT,
        check=True,
    )

    assert run(["fix", "--repo", str(bare)]) == 2
    complaint = capsys.readouterr().err
    assert "no working tree" in complaint
    assert "--head" not in complaint


def test_finding_without_a_proven_fix_is_left_and_told(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("shop/cart.py", "class CartEngine: ...\n")

    for flags in ([], ["--write"]):
        assert fix(repository, *flags) == 1
        assert capsys.readouterr() == ("", "no proven fix: 1 finding is left\n")


@pytest.mark.parametrize("flags", [[], ["--all"], ["--write"]])
def test_file_that_cannot_be_analysed_is_named(
    repository: Repository, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    repository.git("rm", "--quiet", "shop/legacy.py")
    repository.write("shop/cart.py", b"# coding: nonsense\n" + OLD_IMPORT.encode())
    run(["check", "--repo", str(repository.folder)])
    block = capsys.readouterr().out.partition("\n\n")[0]
    assert block.startswith("Not analysed:\nshop/cart.py: ")

    assert fix(repository, *flags) == 3
    assert capsys.readouterr() == ("", f"{block}\nnothing to fix\n")


def test_thousands_are_written_as_by_check(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    stay = "".join(f"from shop.legacy import Missing{number}\n" for number in range(1000))
    repository.write("shop/cart.py", stay)

    fix(repository)
    assert capsys.readouterr().err == "no proven fix: 1,000 findings are left\n"

    repository.write("shop/till.py", OLD_IMPORT)
    fix(repository)
    assert capsys.readouterr().err == (
        "1 finding in 1 file can be fixed with `ssot fix --write`, 1,000 left\n"
    )
