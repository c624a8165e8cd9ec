"""Read the custom options of descriptors: each file's by the files that it imports, for others may mean something else."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError


def imported_by(file: Any) -> list[str]:
    """Return all files that a FileDescriptorProto imports, for types or for options only (as editions can from 2024)."""
    return [*file.dependency, *file.option_dependency]


class OptionsUnread(Exception):
    """The options of a file mean nothing, or more than one thing."""


class OptionReader:
    """Reads files, each after those that it imports."""

    def __init__(self) -> None:
        self._plain: dict[str, Any] = {}
        self._extending: dict[str, frozenset[str]] = {}
        self._classes: dict[frozenset[str], Any] = {frozenset(): descriptor_pb2.FileDescriptorProto}

    def read(self, file: Any) -> Any:
        """Return a FileDescriptorProto with its options read.

        Raises:
            OptionsUnread: two options that it sees have one number, or one nests too deep.
        """
        self._plain[file.name] = file
        seen = self._seen_by(file)
        self._extending[file.name] = seen
        if not seen:
            return file
        try:
            if seen not in self._classes:
                self._classes[seen] = self._class(seen)
            return self._classes[seen].FromString(file.SerializeToString())
        except DecodeError as error:
            raise OptionsUnread("its options nest too deep") from error
        except TypeError as error:
            raise OptionsUnread("two extensions that it imports or defines have the same number") from error

    def _seen_by(self, file: Any) -> frozenset[str]:
        """Return the files with extensions among a file and all that it imports."""
        own = {file.name} if file.extension or any(map(_extends, file.message_type)) else set()
        return frozenset(own.union(*(self._extending.get(name, ()) for name in imported_by(file))))

    def _class(self, names: frozenset[str]) -> Any:
        needed: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self._plain and name not in needed:
                needed.add(name)
                waiting += imported_by(self._plain[name])
        pool = descriptor_pool.DescriptorPool()
        for name, file in self._plain.items():
            if name in needed:
                pool.AddSerializedFile(file.SerializeToString())
        try:
            kind = pool.FindMessageTypeByName("google.protobuf.FileDescriptorProto")
        except KeyError:  # extensions, and none of them of options
            return descriptor_pb2.FileDescriptorProto
        return message_factory.GetMessageClass(kind)


def _extends(message: Any) -> bool:
    return bool(message.extension) or any(map(_extends, message.nested_type))
