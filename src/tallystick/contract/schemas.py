"""The schema files of a workspace or of a release, in whichever language: ask by path, and get a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from tallystick.contract.model import AnySchema
from tallystick.errors import InputError
from tallystick.schema.references import SUFFIXES as AVRO
from tallystick.schema.references import Library
from tallystick.schema.types import Document

if TYPE_CHECKING:
    from tallystick.schema.protobuf_batches import ProtoBatches
    from tallystick.schema.protobuf_packages import ProtoPackages
    from tallystick.schema.protobuf_types import ProtoFile

ROOT = "contracts/"
PROTO = ".proto"
SUFFIXES = (*AVRO, PROTO)


class Schemas:
    """Schema files by path below the folder that holds `contracts/`, and `read` to get one.

    Those in Avro are parsed when they are asked for. Those in Protobuf are added to `batches`, which others share, and
    are compiled with all others of it at the first question: protoc takes long to start, and not long for a file.
    """

    def __init__(
        self, paths: Iterable[str], read: Callable[[str], Document], batches: Callable[[], ProtoBatches]
    ) -> None:
        paths = list(paths)
        self._avro = Library((path for path in paths if path.endswith(AVRO)), read)
        self._unread: dict[str, InputError] = {}
        self._protos: dict[str, Document] = {}
        for path in paths:
            if path.endswith(PROTO):
                try:
                    self._protos[path.removeprefix(ROOT)] = read(path)
                except InputError as error:
                    self._unread[path] = error
        self._batches = batches
        self._handle = batches().add(self._protos) if self._protos else None

    def schema(self, path: str, main: str | None = None) -> AnySchema:
        """Return the schema of a file; `main` names it among several types of the file.

        Raises:
            InputError: this file, or one that it needs, can't be read, is no schema, or needs itself.
        """
        if not path.endswith(PROTO):
            return self._avro.schema(path, main)
        self._check_proto(path)
        # Here and not above: only who has .proto files pays for protobuf's own code.
        from tallystick.schema.protobuf_schema import proto_schema  # noqa: PLC0415

        return proto_schema(self._files[path.removeprefix(ROOT)], main, self._packages)

    def check(self, path: str) -> None:
        """Read a file that has types for others, and perhaps no schema.

        Raises:
            InputError: see `schema`.
        """
        if path.endswith(PROTO):
            self._check_proto(path)
        else:
            self._avro.types(path)

    def problems(self) -> list[InputError]:
        """Return all that protoc says is wrong with .proto files. `schema` raises the first of a file only."""
        return [] if self._handle is None else list(self._batches().problems(self._handle))

    def defined_twice(self, folder: str) -> Iterable[InputError]:
        """Return a problem for each name that several Avro files of a folder define. protoc says it of .proto files."""
        return self._avro.defined_twice(folder)

    @cached_property
    def _files(self) -> Mapping[str, ProtoFile]:
        return {} if self._handle is None else self._batches().files(self._handle)

    @cached_property
    def _packages(self) -> ProtoPackages:
        from tallystick.schema.protobuf_packages import ProtoPackages  # noqa: PLC0415  # the same

        return ProtoPackages.of(self._files.values())

    def _check_proto(self, path: str) -> None:
        if path in self._unread:
            raise self._unread[path]
        document = self._protos[path.removeprefix(ROOT)]
        for problem in self.problems():
            if problem.file == document.path:
                raise problem
