"""One value of the engine as bytes: of another version or damaged, it is none."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import is_dataclass
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection

Value = TypeVar("Value")

FOREIGN = "what is kept holds no {module}.{name}"
PLAIN = frozenset({("datetime", "date"), ("builtins", "frozenset"), ("collections", "Counter")})


class _Unpickler(pickle.Unpickler):
    """Makes nothing but what the engine and `modules` consist of."""

    def __init__(self, content: bytes, modules: Collection[str]) -> None:
        super().__init__(BytesIO(content))
        self._modules = modules

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        if (module.startswith("checks.") or module in self._modules) and "." not in name:
            found = super().find_class(module, name)
            if _is_data(found) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(FOREIGN.format(module=module, name=name))


def _is_data(found: object) -> bool:
    """Tell a class of plain data: what else a module imports can be made to run anything."""
    return isinstance(found, type) and (is_dataclass(found) or issubclass(found, (Enum, tuple)))


def pack(value: object, version: bytes) -> bytes:
    """Write a value as bytes."""
    return version + zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), level=1)


def unpack(
    content: bytes, version: bytes, kind: type[Value], *, modules: Collection[str] = ()
) -> Value | None:
    """Read a value back; None from what another version wrote, or what is damaged."""
    if not content.startswith(version):
        return None
    try:
        value = _Unpickler(zlib.decompress(content[len(version) :]), modules).load()
    except Exception:  # a damaged pickle raises whatever it likes
        return None
    return value if isinstance(value, kind) else None
