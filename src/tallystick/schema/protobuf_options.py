"""Write options as a .proto file does: sorted by name, with custom ones, whatever their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_DELETE = "\x7f"


def statements(options: Any) -> list[str]:
    """Return options as statements: `option deprecated = true;`."""
    return [f"option {one};" for one in settings(options)]


def brackets(options: Any, *more: str) -> str:
    """Return options, and `more` before them, as what follows a field: ` [deprecated = true]`, or nothing."""
    found = [*more, *settings(options)]
    return f" [{', '.join(found)}]" if found else ""


def settings(options: Any) -> list[str]:
    """Return `name = value` for each option; a repeated one has several."""
    return sorted(
        (f"{_name(field)} = {text}" for field, value in options.ListFields() for text in _values(field, value)),
        key=lambda text: text.partition(" = ")[0],
    )


def quoted(text: str, *, ascii_only: bool = False) -> str:
    """Return a string literal; one of bytes has ASCII only."""
    return '"' + "".join(_ESCAPES.get(c) or _shown(c, ascii_only=ascii_only) for c in text) + '"'


def _shown(c: str, *, ascii_only: bool) -> str:
    hidden = c < " " or c == _DELETE or (ascii_only and not c.isascii())
    return f"\\{ord(c):03o}" if hidden else c


def _name(field: FieldDescriptor) -> str:
    return f"(.{field.full_name})" if field.is_extension else field.name


def _values(field: FieldDescriptor, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        entry: Any = field.message_type
        of_key, of_value = (entry.fields_by_name[name] for name in ("key", "value"))
        for key in sorted(value):
            yield f"{{ key: {_value(of_key, key)} value: {_value(of_value, value[key])} }}"
    else:
        yield from (_value(field, item) for item in (value if field.is_repeated else [value]))


def _value(field: FieldDescriptor, value: Any) -> str:
    if field.message_type is not None:
        inner = [f"{_key(one)}: {text}" for one, many in value.ListFields() for text in _values(one, many)]
        return "{ " + " ".join(inner) + " }" if inner else "{ }"
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return str(value) if known is None else known.name
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return quoted(value.decode("latin-1"), ascii_only=True)
    return quoted(value) if isinstance(value, str) else str(value)


def _key(field: FieldDescriptor) -> str:
    if field.is_extension:
        return f"[{field.full_name}]"
    group = field.message_type if field.type == FieldDescriptor.TYPE_GROUP else None
    return field.name if group is None else group.name
