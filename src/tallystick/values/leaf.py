"""Values without parts: check one strictly against its base type, and write it as JSON."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

from tallystick.errors import EncodeError
from tallystick.schema.avro_defaults import INT_BITS
from tallystick.schema.types import FixedType
from tallystick.values.logical import Leaf

# JSON has no such numbers. Java's JsonEncoder writes them as these strings, and so do we.
NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def shown(value: Any) -> str:
    """Return a value for a message: its repr, cut to one short line."""
    try:
        whole = repr(value)
    except Exception:  # noqa: BLE001  # a repr may fail in any way, and a message must not
        whole = f"a {type(value).__name__}"
    return whole if len(whole) <= 60 else f"{whole[:57]}..."  # noqa: PLR2004  # a message is one line


def base_to_json(kind: Leaf, value: Any, path: str) -> Any:
    """Return a value of a base type as JSON. Logical types are not looked at."""
    match kind.kind:
        case "null":
            expect(value is None, path, "null", value)
        case "boolean":
            expect(type(value) is bool, path, "boolean", value)
        case "int" | "long" as name:
            expect(type(value) is int, path, name, value)
            limit = 1 << INT_BITS[name]
            expect(-limit <= value < limit, path, f"{name} of {INT_BITS[name] + 1} bits", value)
        case "float" | "double" as name:
            expect(_is_real(value, name), path, name, value)
            return value if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")
        case "bytes":
            expect(type(value) is bytes, path, "bytes", value)
            return value.decode("latin-1")
        case "fixed" if isinstance(kind, FixedType):
            expect(type(value) is bytes and len(value) == kind.size, path, f"{kind.size} bytes", value)
            return value.decode("latin-1")
        case _:
            return text(value, path)
    return value


def text(value: Any, path: str) -> str:
    """Return a string that UTF-8 can write."""
    expect(isinstance(value, str), path, "string", value)
    expect(not any("\ud800" <= c <= "\udfff" for c in value), path, "string without lone surrogates", value)
    return str(value)


def unknown_field(path: str, key: str, known: Sequence[str], what: str) -> EncodeError:
    """Return the error for a key that no field has: at the key, with the name that may be meant."""
    from difflib import get_close_matches  # noqa: PLC0415  # only who has such an error pays for it

    near = get_close_matches(key, known, n=1)
    fields = f"the fields of {what} are {', '.join(known)}" if known else f"{what} has no fields"
    at = f"{path}.{key}" if path and key.isascii() and key.isidentifier() else f"{path}[{key!r}]"
    return EncodeError(at, "there is no such field", fix=f"write {near[0]}" if near else fields)


def _is_real(value: Any, name: str) -> bool:
    """Say whether a value is a float, or an int that a float holds exactly: to a type checker an int is one."""
    if type(value) not in (int, float):
        return False
    try:
        struct.pack("<f" if name == "float" else "<d", value)
        return isinstance(value, float) or int(float(value)) == value
    except (OverflowError, struct.error):  # which of the two, depends on how large it is
        return False


def expect(fits: object, path: str, expected: str, value: Any) -> None:
    """Raise EncodeError for what does not fit."""
    if not fits:
        raise EncodeError(path, f"expected {expected}, got {shown(value)}")
