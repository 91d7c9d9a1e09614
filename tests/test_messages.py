"""The list of messages holds what people read, and not what programs read."""

from __future__ import annotations

import subprocess
import sys

from tests.messages import ROOT


def test_list_holds_texts_of_every_surface_and_no_query() -> None:
    command = [sys.executable, "-m", "tests.messages"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for surface in (
        "* NO_APP_ID: GITHUB_APP_ID is missing",
        "* NOT_NAMED: The config does not name this issue",
        "* COUNTS: {waiting} waiting",
        "* EMPTY: the file is empty",
        "* No job was given up.",
    ):
        assert surface in listed, surface
    for query in ("query Tip(", "create table", "(import_statement)", "<!doctype"):
        assert query not in listed, query
