"""The paths of the pages that visitors log in for."""

from __future__ import annotations

import re

_OWNER = "[A-Za-z0-9_-]{1,100}"
_REPO = "[A-Za-z0-9._-]{1,100}"
_NUMBER = "[1-9][0-9]{0,9}"

OPERATOR = "/operator"
REPOSITORY = f"/{{owner:{_OWNER}}}/{{repo:{_REPO}}}"
PULL = f"{REPOSITORY}/pull/{{number:{_NUMBER}}}"

_PAGE = re.compile(f"{OPERATOR}|/{_OWNER}/{_REPO}(/pull/{_NUMBER})?")


def is_page(path: str) -> bool:
    """Tell whether a login may lead to a path: one of these by its form, never an address."""
    return _PAGE.fullmatch(path) is not None
