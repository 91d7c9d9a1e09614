"""Commands are found by their files, and mistakes end in a sentence."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import __version__
from bot.cli.entry import discover, run
from tests.bot.cli.conftest import CONFIG, Repository

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]


def package(folder: Path, *, name: str, **files: str) -> ModuleType:
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    for module, source in files.items():
        (folder / name / f"{module}.py").write_text(source)
    return importlib.import_module(name)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for name, command in discover():
        assert name in text
        assert command.__doc__


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"ssot {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["chekc"], ["--bogus"]])
def test_unknown_command_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run(arguments)
    assert stop.value.code == 2
    assert "usage: ssot" in capsys.readouterr().err


def test_nothing_at_all_is_answered_with_the_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run([])
    text = capsys.readouterr().err
    assert all(f"    {name} " in text for name, _ in discover())


@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (["check", "--bse", "main"], "usage: ssot check [-h] [--repo DIR] [--base REV]"),
        (["scan", "here"], "usage: ssot scan [-h] [--repo DIR]"),
        (["config", "check", "--strict"], "usage: ssot config check [-h] [FILE]"),
    ],
)
def test_typo_is_answered_with_the_flags_of_its_own_command(
    arguments: list[str], usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run(arguments)
    assert stop.value.code == 2
    complaint = capsys.readouterr().err
    assert usage in complaint
    assert "unrecognized arguments: " in complaint


def test_command_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    source = '"""Say hello."""\nadd_arguments = run = print\n'
    found = discover(package(tmp_path, name="whole_commands", hello=source))
    assert [name for name, _ in found] == ["hello"]


@pytest.mark.parametrize(
    ("source", "lacking"),
    [
        ("", "add_arguments, run"),
        ('"""Say hello."""\nrun = print\n', "add_arguments"),
        ("run = add_arguments = print\n", "docstring"),
    ],
)
def test_incomplete_command_is_an_error_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, lacking: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    broken = package(tmp_path, name="broken_commands", hello=source)
    with pytest.raises(TypeError, match=lacking):
        list(discover(broken))
    for name in ("broken_commands", "broken_commands.hello"):
        sys.modules.pop(name)


@pytest.mark.parametrize("lacking", ["blob:none", "tree:0"])
@pytest.mark.parametrize(
    "command",
    [
        "check --head HEAD",
        "scan",
        "scan --config ssot.yml",
        "history",
        "history --config ssot.yml",
        "init",
    ],
)
def test_partial_clone_without_files_is_told_what_to_do(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    command: str,
    lacking: str,
) -> None:
    monkeypatch.setenv("SSOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    Path("ssot.yml").write_text(CONFIG)
    repository.git("config", "uploadpack.allowFilter", "true")
    source, folder = f"file://{repository.folder}", str(tmp_path / "partial")
    repository.git("clone", "--quiet", "--bare", f"--filter={lacking}", source, folder)
    assert run([*command.split(), "--repo", folder]) == 2
    assert "--no-filter" in capsys.readouterr().err


def test_console_script_names_a_function_that_stands() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts["ssot"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


ENDING = """
import atexit, os, signal, sys
from bot.__main__ import main

atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.argv[1:] = ["--version"]
sys.exit(main())
"""


@pytest.mark.parametrize(("late", "code"), [("SIGINT", 0), ("SIGTERM", -signal.SIGTERM)])
def test_signal_while_a_command_ends_is_no_traceback(late: str, code: int) -> None:
    ending = ENDING.replace("SIGINT", late)
    command = subprocess.run([sys.executable, "-c", ending], capture_output=True, check=False)
    assert (command.returncode, command.stderr) == (code, b"")


BUSY = """
import os, signal, sys
from tempfile import mkdtemp
from bot import __main__

def run(arguments):
    folder = mkdtemp(dir=arguments[0])
    try:
        print("busy", flush=True)
        signal.pause()
    finally:
        os.kill(os.getpid(), signal.SIGTERM)  # `timeout` sends two
        os.rmdir(folder)

__main__.run = run
sys.exit(__main__.main())
"""


def test_command_that_is_terminated_leaves_nothing_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == b"busy\n"
        command.terminate()
        assert command.communicate() == (b"", b"")
    assert command.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
