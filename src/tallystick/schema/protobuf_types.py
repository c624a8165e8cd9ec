"""The type model of Protobuf: what a .proto file says, as frozen nodes that know where they stand in it.

Nodes compare by identity. `properties` are the options, by the names that they have in a file: `deprecated`,
`(acme.pii)`. A message that holds itself is a real cycle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, cast

from tallystick.schema.types import Document, Format, Node

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from tallystick.schema.protobuf_packages import ProtoPackages


@dataclass(frozen=True, eq=False)
class ProtoDocument(Document):
    """A .proto file's text, and what protoc made of it. `name` is what other files import it by."""

    name: str
    descriptor: FileDescriptorProto = field(repr=False)

    @cached_property
    def comments(self) -> Mapping[str, str]:
        """Return the comment before (or else behind) each thing that has one, by its pointer."""
        return {
            "".join(f"/{step}" for step in place.path): (place.leading_comments or place.trailing_comments).strip()
            for place in self.descriptor.source_code_info.location
            if place.leading_comments or place.trailing_comments
        }


class Presence(StrEnum):
    """What a field does when nobody sets it. https://protobuf.dev/programming-guides/field_presence/"""

    EXPLICIT = "explicit"
    """Readers can tell unset from the default value."""
    IMPLICIT = "implicit"
    """They can't: an unset field has its default value, and that is never sent."""
    REQUIRED = "required"
    """A message without it does not parse."""
    REPEATED = "repeated"
    """It is a list or a map: unset is empty."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoNode(Node):
    """What all nodes of a .proto file have. `name` is the full name of a type, and the own name of all else."""

    language: ClassVar[Format] = Format.PROTOBUF
    name: str

    @property
    def short_name(self) -> str:
        """Return the name without what it stands in."""
        return self.name.rpartition(".")[2]

    @property
    def described(self) -> ProtoDocument:
        """Return the file that it stands in."""
        return cast("ProtoDocument", self.place.document)

    @property
    def doc(self) -> str | None:
        """Return the comment that belongs to it."""
        return self.described.comments.get(self.place.pointer)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoValue(ProtoNode):
    """A value of an enum."""

    number: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """What must not be used again, or is left to extensions. Ranges include both ends."""

    ranges: tuple[tuple[int, int], ...] = ()
    names: frozenset[str] = frozenset()

    def has(self, number: int) -> bool:
        """Say whether a number is in a range."""
        return any(first <= number <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoEnum(ProtoNode):
    """An enum. A closed one keeps a number that it does not know out of the field; an open one takes it."""

    values: tuple[ProtoValue, ...]
    is_closed: bool
    allows_alias: bool = False
    reserved: Reserved = Reserved()

    def named(self, number: int) -> list[str]:
        """Return the names of a number: several where aliases are allowed."""
        return [value.name for value in self.values if value.number == number]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoField(ProtoNode):
    """A field, or an extension (then `extends` is the full name of the message that it is for).

    `kind` is a scalar type, `message`, `group` or `enum`; `type` is the message or the enum. A map field has the kind
    `message`, is repeated, and `type` is its entry: `key` and `value` are the fields of that.
    """

    number: int
    kind: str
    presence: Presence
    json_name: str
    type: ProtoMessage | ProtoEnum | None = None
    oneof: str | None = None
    default: str | None = None
    is_packed: bool = False
    verifies_utf8: bool = True
    extends: str | None = None

    @property
    def is_map(self) -> bool:
        """Say whether it holds values by key."""
        return self.entry is not None

    @property
    def message(self) -> ProtoMessage | None:
        """Return its type if that is a message."""
        return self.type if isinstance(self.type, ProtoMessage) else None

    @property
    def entry(self) -> tuple[ProtoField, ProtoField] | None:
        """Return the key and the value of a map; None if it is none."""
        message = self.message
        return (message.by_number[1], message.by_number[2]) if message is not None and message.is_map_entry else None

    @property
    def is_repeated(self) -> bool:
        """Say whether it is a list or a map."""
        return self.presence is Presence.REPEATED

    @property
    def type_name(self) -> str:
        """Return its type as a .proto file names it: `int64`, `acme.Money`, `map<string, int64>`."""
        if self.entry is not None:
            key, value = self.entry
            return f"map<{key.type_name}, {value.type_name}>"
        return self.kind if self.type is None else self.type.name


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoOneof(ProtoNode):
    """Fields of which one at most is set. Not the one that protoc makes for each `optional` of proto3."""

    fields: tuple[ProtoField, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoScope(ProtoNode):
    """What a file and a message share: both may define types and extensions."""

    messages: tuple[ProtoMessage, ...] = ()
    enums: tuple[ProtoEnum, ...] = ()
    extensions: tuple[ProtoField, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoMessage(ProtoScope):
    """A message (or a group, or the entry of a map). `by_number` and `by_name` are indexes of `fields`."""

    fields: tuple[ProtoField, ...] = ()
    oneofs: tuple[ProtoOneof, ...] = ()
    reserved: Reserved = Reserved()
    extension_ranges: Reserved = Reserved()
    is_map_entry: bool = False
    by_number: Mapping[int, ProtoField] = field(default_factory=dict, repr=False)
    by_name: Mapping[str, ProtoField] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoMethod(ProtoNode):
    """A method of a service."""

    takes: str
    returns: str
    takes_stream: bool = False
    returns_stream: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoService(ProtoNode):
    """A service."""

    methods: tuple[ProtoMethod, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoImport(ProtoNode):
    """An import. `name` is the path of a file; who imports this file sees a public one, too."""

    file: ProtoFile
    is_public: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProtoFile(ProtoScope):
    """A file. `name` is what others import it by; `syntax` is proto2, proto3, or an edition's year."""

    package: str
    syntax: str
    imports: tuple[ProtoImport, ...] = ()
    services: tuple[ProtoService, ...] = ()

    def closure(self) -> Iterator[ProtoFile]:
        """Yield this file and all that it imports, directly or not, once each."""
        seen: set[ProtoFile] = set()
        waiting = [self]
        while waiting:
            file = waiting.pop()
            if file not in seen:
                seen.add(file)
                yield file
                waiting += [one.file for one in file.imports]

    def message_at(self, path: Sequence[int]) -> ProtoMessage | None:
        """Return the message at a path of positions: (1, 0) is the first one inside of the second. None if it has none."""
        scope: ProtoScope = self
        for position in path:
            if position >= len(scope.messages):
                return None
            scope = scope.messages[position]
        return scope if isinstance(scope, ProtoMessage) else None

    def path_of(self, message: ProtoMessage) -> tuple[int, ...]:
        """Return the path that leads to a message, as `message_at` takes it."""
        names = message.name.removeprefix(f"{self.package}.").split(".")
        scope: ProtoScope = self
        path = []
        for name in names:
            path.append(next(at for at, one in enumerate(scope.messages) if one.short_name == name))
            scope = scope.messages[path[-1]]
        return tuple(path)

    def types(self) -> Iterator[ProtoMessage | ProtoEnum]:
        """Yield every message and enum that the file defines, outer ones first; entries of maps left out."""
        waiting: list[ProtoMessage | ProtoEnum] = [*reversed(self.enums), *reversed(self.messages)]
        while waiting:
            kind = waiting.pop()
            if isinstance(kind, ProtoMessage):
                if kind.is_map_entry:
                    continue
                waiting += [*reversed(kind.enums), *reversed(kind.messages)]
            yield kind


ProtoType: TypeAlias = ProtoMessage | ProtoEnum


@dataclass(frozen=True, eq=False)
class ProtoSchema:
    """A .proto file as the schema of a topic: `root` is the message that its messages are.

    `named` has every type that the file defines by full name, `files` are all others that it needs, protoc's own left
    out; `around` are the files of its workspace, where it is of one. Two schemas are the same schema if their `canonical` texts are the same, and those of what they import.
    """

    file: ProtoFile
    root: ProtoMessage
    files: tuple[ProtoDocument, ...] = ()
    around: ProtoPackages | None = field(default=None, repr=False)
    format: Literal[Format.PROTOBUF] = field(default=Format.PROTOBUF, init=False)

    @property
    def document(self) -> Document:
        """Return the file's text."""
        return self.file.place.document

    @property
    def references(self) -> tuple[str, ...]:
        """Return the files that this one imports directly, by the name it does so; protoc's own left out."""
        needed = {document.name for document in self.files}
        return tuple(one.name for one in self.file.imports if one.name in needed)

    @cached_property
    def named(self) -> Mapping[str, ProtoType]:
        """Return every type that the file defines, by full name."""
        return {kind.name: kind for kind in self.file.types()}

    @cached_property
    def packages(self) -> ProtoPackages:
        """Return the packages of its workspace; without one, of the files that it is made of."""
        from tallystick.schema.protobuf_packages import ProtoPackages  # noqa: PLC0415  # it needs these types

        return self.around or ProtoPackages.of(self.file.closure())

    @cached_property
    def canonical(self) -> str:
        """Return the registry's text: see `schema.protobuf_text`."""
        from tallystick.schema.protobuf_text import registry_text  # noqa: PLC0415  # it needs these types

        return registry_text(self.file)
