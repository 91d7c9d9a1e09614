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
from tests.bot.cli.conftest import CONFIG, ENVIRONMENT, OLD_IMPORT, Repository

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
