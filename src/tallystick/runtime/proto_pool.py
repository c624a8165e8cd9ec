"""The messages of one generated package, as protoc's classes, in a pool that no other package shares."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from keyword import iskeyword
from typing import Any

from google.protobuf import descriptor, descriptor_pool, message, message_factory, reflection
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.internal import enum_type_wrapper

from tallystick.schema.protoc import OWN


class ProtoPool:
    """Files by the names that they import each other by.

    In protobuf's own pool two packages of one workspace could not be loaded together: they define the same messages, and
    extend options under the same numbers.
    """

    def __init__(self) -> None:
        self._pool = descriptor_pool.DescriptorPool()

    def define(self, names: dict[str, Any], serialized: bytes) -> None:
        """Put what a file defines into a module's names. The files that it imports come before it, but for protoc's own."""
        described = FileDescriptorProto.FromString(serialized)
        for name in described.dependency:
            if name.startswith(OWN):
                self._own(name)
        self._pool.AddSerializedFile(serialized)
        file = self._pool.FindFileByName(described.name)
        names["DESCRIPTOR"] = file
        for name, defined in _defined(file, names["__name__"]):
            names[name] = defined
            if iskeyword(name):
                names[f"_r_{name}"] = defined  # what stubs call it

    def own(self, names: dict[str, Any], name: str) -> None:
        """Put what one of protoc's own files defines into a module's names."""
        self.define(names, _module_of(name).DESCRIPTOR.serialized_pb)

    def _own(self, name: str) -> None:
        file = _module_of(name).DESCRIPTOR
        for needed in file.dependencies:
            self._own(needed.name)
        self._pool.AddSerializedFile(file.serialized_pb)


def options_of(described: Any) -> Any:
    """Return the options of a descriptor, custom ones included: `options_of(field).Extensions[privacy_pb2.pii]`.

    `GetOptions()` knows what protobuf's own pool knows, and that has no options of generated packages.
    """
    given = described.GetOptions()
    file = described if isinstance(described, descriptor.FileDescriptor) else described.file
    try:
        kind = file.pool.FindMessageTypeByName(given.DESCRIPTOR.full_name)
    except KeyError:  # nothing that it imports extends any
        return given
    return message_factory.GetMessageClass(kind).FromString(given.SerializeToString())


def _module_of(name: str) -> Any:
    return import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")


def _defined(file: Any, module: str) -> Iterator[tuple[str, Any]]:
    """Yield what protoc's modules have, in its order: of two things of one name the later one stays."""
    for name, kind in file.enum_types_by_name.items():
        yield name, enum_type_wrapper.EnumTypeWrapper(kind)
        yield from ((value.name, value.number) for value in kind.values)
    for name, extension in file.extensions_by_name.items():
        yield f"{name.upper()}_FIELD_NUMBER", extension.number
        yield name, extension
    for name, kind in file.message_types_by_name.items():
        yield name, _class(kind, module, name)


def _class(kind: Any, module: str, name: str) -> Any:
    inner = {one.name: _class(one, module, f"{name}.{one.name}") for one in kind.nested_types}
    names = {**inner, "DESCRIPTOR": kind, "__module__": module, "__qualname__": name}
    return reflection.GeneratedProtocolMessageType(kind.name, (message.Message,), names)
