"""The proposed config is one that can be used as it is."""

from __future__ import annotations

import pytest

from checks.config import Mode, parse
from checks.draft import Draft
from checks.formats.draft import render
from tests.checks.trees import propose

SHOP = {
    "src/shop/engine.py": "class Engine: ...\nclass Plan: ...\n",
    "src/shop/other.py": "class Engine: ...\n",
    "src/shop/legacy.py": "from shop.engine import Engine as OldEngine\n",
    "src/shop/a.py": "from shop.engine import Engine\nfrom shop.legacy import OldEngine\n",
    "src/shop/gone.py": '"""Deprecated."""\n',
    "tests/test_a.py": "",
}


def test_proposal_of_a_shop_reads_like_this() -> None:
    text = render(propose(SHOP))
    assert text[text.index("version:") :] == (
        "version: 1\n"
        "# Folders that absolute imports start from:\n"
        'roots: ["src"]\n'
        "# Findings in tests are listed separately; they count all the same:\n"
        'tests: ["tests/**"]\n\n'
        "concepts:\n"
        '  "engine":\n'
        "    # imported from here by 2 files\n"
        '    canonical: ["shop.engine:Engine"]\n'
        "    # also defined in shop.other, imported from there by 0\n"
        '    definitions: {classes: ["Engine"]}\n'
        "    deprecated:\n"
        "      # only re-exports another module, imported by 1 file\n"
        '      "shop.legacy":\n'
        '        use: "shop.engine"\n'
        '        names: {"OldEngine": "Engine"}\n\n'
        "# These call themselves deprecated, but do not say what replaces them:\n"
        "#   shop.gone\n\n"
        "# For the first weeks: the App shows findings, but fails no pull request (`ssot check` "
        "exits with 1\n# all the same). Delete this line after that.\n"
        "report: {mode: observe}\n"
    )


def test_proposal_is_a_config_that_means_what_was_found() -> None:
    config = parse(render(propose(SHOP)))
    [concept] = config.concepts
    assert config.roots == ("src",)
    assert config.report.mode is Mode.OBSERVE
    assert concept.canonical[0].module == "shop.engine"
    assert dict(concept.deprecated[0].names) == {"OldEngine": "Engine"}


def test_nothing_found_is_a_valid_config_with_an_example() -> None:
    text = render(Draft())
    assert parse(text).concepts == ()
    example = "".join(
        line.removeprefix("# ")
        for line in text[text.index("# concepts:") : text.index("# For the first")].splitlines(
            keepends=True
        )
    )
    assert parse(f"version: 1\n{example}").concepts[0].name == "order-engine"


@pytest.mark.parametrize("name", ["null", "true", "on", "größe", "店"])
def test_module_with_an_odd_name_is_quoted(name: str) -> None:
    files = {
        f"{name}/a.py": "class Engine: ...\n",
        f"{name}/b.py": "class Engine: ...\n",
        f"{name}/c.py": f"from {name}.a import Engine\n",
        f"{name}/d.py": '"""Deprecated: use Engine."""\n',
    }
    [concept] = parse(render(propose(files))).concepts
    assert concept.canonical[0].module == f"{name}.a"
    assert concept.deprecated[0].module == f"{name}.d"


def test_long_proposal_is_bounded_and_says_so() -> None:
    source = "".join(f"class Thing{number}: ...\n" for number in range(2_000))
    old = {f"old_{number}.py": "from m0 import Thing1\n" for number in range(200)}
    user = {"user.py": "".join(f"import old_{number}\n" for number in range(200))}
    files = {**{f"m{number}.py": source for number in range(30)}, **old, **user}
    text = render(propose(files))
    assert parse(text).concepts
    assert "  # 1,980 more classes are defined more than once" in text
    assert "  # 170 more modules seem to be deprecated" in text
    assert "    # and in 24 more\n" in text
