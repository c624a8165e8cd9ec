"""Hypothesis strategies for Protobuf: whole .proto files as data and as text, and edits of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

SCALARS = ["double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64"]
SCALARS += ["fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes"]
_KEYS = ["int32", "uint64", "sint64", "fixed32", "bool", "string"]
_HEADS = {"proto2": 'syntax = "proto2";', "proto3": 'syntax = "proto3";', "2023": 'edition = "2023";'}
_NUMBERS = [*range(1, 16), 16, 2047, 2048, 18999, 20000, 2**29 - 1]
_DEFAULTS = {
    "string": ['"a\\"b\\\\\\n"', '"é\\001\\x7f0"', '""', "'\"'"],
    "bytes": ['"\\000\\377"', '"a\\\'\\"7"'],
    "double": ["-1.5", "inf", "nan", "1e300"],
    "float": ["-inf", "0.1", "3"],
    "int32": ["-2147483648", "0x10"],
    "uint64": ["18446744073709551615"],
    "bool": ["true", "false"],
}


@dataclass(frozen=True)
class Field:
    """A field. `type` is as a .proto file has it; `label` is empty, optional, required or repeated."""

    name: str
    number: int
    type: str
    label: str = ""
    oneof: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Enum:
    """An enum: names with their numbers."""

    name: str
    values: tuple[tuple[str, int], ...]
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A message and what is in it."""

    name: str
    fields: tuple[Field, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()
    reserved: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proto:
    """A .proto file; `text` is what it says."""

    syntax: str
    package: str
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the file."""
        head = [
            _HEADS[self.syntax],
            *([f"package {self.package};"] if self.package else []),
            *_statements(self.options),
        ]
        body = [line for enum in self.enums for line in _enum(enum)]
        return "\n".join([*head, *body, *(line for one in self.messages for line in _message(one))]) + "\n"


def _statements(options: tuple[str, ...]) -> list[str]:
    return [f"option {option};" for option in options]


def _message(message: Message) -> Iterator[str]:
    yield f"message {message.name} {{"
    yield from _statements(message.options)
    yield from (f"reserved {one};" for one in message.reserved)
    yield from (line for one in message.messages for line in _message(one))
    oneof = None
    for one in message.fields:
        if one.oneof != oneof:
            yield from (["}"] if oneof else [])
            yield from ([f"oneof {one.oneof} {{"] if one.oneof else [])
            oneof = one.oneof
        options = f" [{', '.join(one.options)}]" if one.options else ""
        yield f"{one.label} {one.type} {one.name} = {one.number}{options}; // {one.name}".lstrip()
    yield from (["}"] if oneof else [])
    yield from (line for enum in message.enums for line in _enum(enum))
    yield "}"


def _enum(enum: Enum) -> Iterator[str]:
    yield f"enum {enum.name} {{"
    yield from (f"reserved {one};" for one in enum.reserved)
    yield from (f"{name} = {number};" for name, number in enum.values)
    yield "}"


@st.composite
def proto_files(draw: st.DrawFn, package: str = "acme.shop", syntax: str | None = None) -> Proto:
    """Make whole files: nested messages, enums, maps, oneofs, types that name each other, defaults, what is reserved."""
    chosen = syntax or draw(st.sampled_from(sorted(_HEADS)))
    shape = draw(st.lists(st.integers(0, 2), min_size=1, max_size=3))  # nested messages in each
    outer = [f"M{i}" for i in range(len(shape))]
    types = [f"{package}.{name}" for name in outer]
    types += [f"{package}.M{i}.N{k}" for i, count in enumerate(shape) for k in range(count)]
    if not package:
        types = [name.lstrip(".") for name in types]
    enums = tuple(draw(_enums(f"E{i}", chosen)) for i in range(draw(st.integers(0, 2))))
    kinds = [f"{package}.{enum.name}".lstrip(".") for enum in enums]
    messages = []
    for name, count in zip(outer, shape, strict=True):
        inner = tuple(draw(_messages(f"N{k}", chosen, types, kinds, ())) for k in range(count))
        messages.append(draw(_messages(name, chosen, types, kinds, inner)))
    options = draw(st.lists(st.sampled_from(['java_package = "a.b"', 'go_package = "g\\"x"']), unique=True))
    if chosen == "2023":
        options += draw(st.sampled_from([[], ["features.field_presence = IMPLICIT"]]))
    return Proto(chosen, package, tuple(messages), enums, tuple(options))


@st.composite
def _messages(
    draw: st.DrawFn, name: str, syntax: str, types: list[str], kinds: list[str], inner: tuple[Message, ...]
) -> Message:
    numbers = draw(st.lists(st.sampled_from(_NUMBERS), unique=True, max_size=6))
    oneof = draw(st.integers(0, len(numbers)))  # from here on all are in one
    fields = tuple(
        draw(_fields(f"f_{i}", number, syntax, types, kinds, "choice" if i >= oneof else None))
        for i, number in enumerate(numbers)
    )
    free = [number for number in (50, 60, 3000) if draw(st.booleans())]
    reserved = [
        *(f"{number} to {number + 5}" for number in free),
        *(["old" if syntax == "2023" else '"old"'] * len(free[:1])),
    ]
    options = ("deprecated = true",) if draw(st.booleans()) else ()
    enums = (draw(_enums("K", syntax)),) if draw(st.booleans()) else ()
    return Message(name, fields, inner, enums, tuple(reserved), options)


@st.composite
def _fields(
    draw: st.DrawFn, name: str, number: int, syntax: str, types: list[str], kinds: list[str], oneof: str | None
) -> Field:
    shapes = ["scalar", "scalar", "message"] + ["enum"] * bool(kinds) + ["map"] * (oneof is None)
    shape = draw(st.sampled_from(shapes))
    if shape == "map":
        value = draw(st.sampled_from([*SCALARS, *types]))
        return Field(name, number, f"map<{draw(st.sampled_from(_KEYS))}, {value}>")
    type_ = draw(st.sampled_from({"scalar": SCALARS, "message": types, "enum": kinds}[shape]))
    labels = {
        "proto2": ["optional", "required", "repeated"],
        "proto3": ["", "optional", "repeated"],
        "2023": ["", "repeated"],
    }
    label = "" if oneof else draw(st.sampled_from(labels[syntax]))
    options = ["deprecated = true"] * draw(st.booleans())
    if syntax == "proto2" and label != "repeated" and type_ in _DEFAULTS and draw(st.booleans()):
        options.append(f"default = {draw(st.sampled_from(_DEFAULTS[type_]))}")
    if label == "repeated" and syntax != "2023" and shape == "scalar" and type_ not in ("string", "bytes"):
        options += draw(st.sampled_from([[], ["packed = true"], ["packed = false"]]))
    if draw(st.booleans()):
        options.append(f'json_name = "{name}Json"')
    return Field(name, number, type_, label, oneof, tuple(options))


@st.composite
def _enums(draw: st.DrawFn, name: str, syntax: str) -> Enum:
    numbers = draw(st.lists(st.sampled_from([1, 2, 3, 7, -1, 2**31 - 1, -(2**31)]), unique=True, max_size=4))
    reserved = ("10 to 12", "-20") if draw(st.booleans()) else ()
    if reserved and syntax != "2023":
        reserved += ('"GONE"',)
    values = ((f"{name}_ZERO", 0), *((f"{name}_V{i}", number) for i, number in enumerate(numbers)))
    return Enum(name, values, reserved)


@dataclass(frozen=True)
class Edit:
    """A change of one message of a file: `kind` is what was done to `field`."""

    kind: str
    message: str
    field: str
    before: Proto
    after: Proto = field(repr=False)


KINDS = ("remove", "remove and reserve", "add", "rename", "retype", "renumber")


@st.composite
def edits(draw: st.DrawFn, files: st.SearchStrategy[Proto] | None = None) -> Edit:
    """Make one edit of one of the outer messages of a file. What comes out compiles, if what went in does."""
    before = draw(proto_files() if files is None else files)
    at = draw(st.integers(0, len(before.messages) - 1))
    message = before.messages[at]
    plain = [one for one in message.fields if one.label != "repeated" and not one.type.startswith("map<")]
    kind = draw(st.sampled_from(KINDS)) if plain else "add"
    if kind == "add":
        one = Field("added", 77, "string", "optional" if before.syntax == "proto2" else "")
        changed = replace(message, fields=(one, *message.fields))
    else:
        one = draw(st.sampled_from(plain))
        changed = _edited(draw, kind, message, one, before.syntax)
    messages = (*before.messages[:at], changed, *before.messages[at + 1 :])
    return Edit(kind, message.name, one.name, before, replace(before, messages=messages))


def _edited(draw: st.DrawFn, kind: str, message: Message, one: Field, syntax: str) -> Message:
    bare = replace(one, options=())
    if kind.startswith("remove"):
        left = tuple(each for each in message.fields if each is not one)
        name = one.name if syntax == "2023" else f'"{one.name}"'
        gone = (str(one.number), name) if kind == "remove and reserve" else ()
        return replace(message, fields=left, reserved=message.reserved + gone)
    new = {
        "rename": replace(bare, name="renamed"),
        "retype": replace(bare, type=draw(st.sampled_from([each for each in SCALARS if each != one.type]))),
        "renumber": replace(bare, number=77),
    }[kind]
    return replace(message, fields=tuple(new if each is one else each for each in message.fields))
