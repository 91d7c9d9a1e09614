"""Characters that a reader could not see, or that would act on a terminal, made visible."""

from __future__ import annotations

import re
import unicodedata

# A path that is not UTF-8 is decoded with `surrogateescape`: byte 0xE9 is U+DCE9.
ESCAPED_BYTES = range(0xDC80, 0xDD00)

SURROGATE = re.compile("[\ud800-\udfff]")
NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}

# Controls, format characters (bidi marks among them), surrogates, line and paragraph separators:
# https://www.unicode.org/reports/tr44/#General_Category_Values
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def spell_surrogates(text: str) -> str:
    r"""Write bytes that are not UTF-8 as `\xe9`, so that the text can be encoded."""
    return SURROGATE.sub(lambda match: _spell(match[0]), text)


def spell_unseen(text: str) -> str:
    r"""Write controls, bidi marks and bytes that are not UTF-8 as escapes, in one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _spell(character) if unicodedata.category(character) in UNSEEN else character
        for character in text
    )


def _spell(character: str) -> str:
    code = ord(character)
    if character in NAMED:
        return NAMED[character]
    if code in ESCAPED_BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
