"""A shop whose old engine gave way to a new one, and files of it to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.fixes import apply
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from checks.model import Finding

SHOP = {
    "shop/__init__.py": "",
    "shop/engine.py": "class Engine:\n    def run(self): ...\n\n\ndef plan(): ...\n",
    "shop/legacy/__init__.py": "",
    "shop/legacy/engine.py": "class OldEngine:\n    pass\n\n\ndef plan(): ...\ndef extra(): ...\n",
}
PATH = "shop/orders.py"


def findings(source: str | bytes, path: str = PATH, **others: str) -> tuple[Finding, ...]:
    """Judge a new file of the shop; `others` replace or add files, `/` written as `__`."""
    tree = {**SHOP, **{f"{name.replace('__', '/')}.py": text for name, text in others.items()}}
    analysis = review({**tree, path: ""}, {**tree, path: source})
    assert analysis.crashes == ()
    return analysis.findings


def mended(source: str | bytes, path: str = PATH, **others: str) -> str | bytes | None:
    """Apply all suggestions for a new file; None when there is none."""
    offers = {f.suggestion for f in findings(source, path, **others) if f.suggestion}
    content = source.encode() if isinstance(source, str) else source
    if not offers:
        return None
    made = apply(content, offers)
    return made.decode() if isinstance(source, str) else made
