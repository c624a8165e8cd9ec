"""Read a .proto file that comes as a serialised descriptor in base64: some clients register such instead of text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Container, Mapping
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError, Message

from tallystick.errors import InvalidProto
from tallystick.schema.protobuf import compiled, problems, read_protos
from tallystick.schema.protobuf_options import quoted
from tallystick.schema.protobuf_reader import OptionReader, OptionsUnread, imported_by
from tallystick.schema.protobuf_text import descriptor_text
from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.protoc import OWN, is_importable
from tallystick.schema.types import Document

LIMIT = 4 * 2**20
_NAME = "schema.proto"


def parse_descriptor(given: Document, references: Mapping[str, Document] | None = None) -> ProtoFile:
    """Return the file that base64 of a FileDescriptorProto describes; its text is that of the registry.

    `references` are all files that it needs, by the name that it imports them by; protoc's own left out.

    Raises:
        InvalidProto: it is too large, no base64, no descriptor, or one that no .proto file can be written for.
    """
    references = references or {}
    plain = _read(_decoded(given), given)
    for name in imported_by(plain):
        if name not in references and not name.startswith(OWN):
            raise InvalidProto(f"there is no file '{name}' to import", file=given.path, fix="name it as a reference")
    # The other files' options tell what those of this one mean, and protoc brings its own only where they are imported.
    needs = _free("needs.proto", references)
    wanted = "".join(f"import {quoted(name)};\n" for name in imported_by(plain) if name.startswith(OWN))
    descriptors, complaints = compiled({**{name: d.text for name, d in references.items()}, needs: wanted})
    for found in problems(complaints, {needs: given, **references}):
        raise found
    name = _free(plain.name if is_importable(plain.name) and not plain.name.startswith(OWN) else _NAME, references)
    plain.name = name
    _check(plain, descriptors, given)
    options = OptionReader()
    try:
        full = [options.read(one) for one in (*descriptors, plain)][-1]
    except OptionsUnread as error:
        raise InvalidProto(str(error), file=given.path) from error
    text = Document(given.path, descriptor_text(full))
    files, unsound = read_protos({**references, name: text})
    if name not in files:
        raise unsound[0]
    return files[name]


def _decoded(given: Document) -> bytes:
    if len(given.text) > LIMIT:
        raise InvalidProto(f"it is larger than {LIMIT // 2**20} MB", file=given.path)
    try:
        return base64.b64decode("".join(given.text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidProto("it is neither the text of a .proto file nor base64", file=given.path) from error


def _read(data: bytes, given: Document) -> FileDescriptorProto:
    try:
        read = FileDescriptorProto.FromString(data)
    except DecodeError as error:
        raise InvalidProto("its bytes are no FileDescriptorProto", file=given.path) from error
    if not read.ListFields():
        raise InvalidProto("it is an empty FileDescriptorProto", file=given.path)
    if not _is_text(read):
        raise InvalidProto("it holds a name or another text that is not UTF-8", file=given.path)
    return read


def _is_text(message: Message) -> bool:
    """Say whether all strings are UTF-8. In proto2, the parser does not ask, and gives such a string as bytes."""
    for field, value in message.ListFields():
        for item in value if field.is_repeated else [value]:
            wrong = isinstance(item, bytes) and field.type == field.TYPE_STRING
            if wrong or (isinstance(item, Message) and not _is_text(item)):
                return False
    return True


def _check(plain: FileDescriptorProto, others: list[Any], given: Document) -> None:
    """Raise if the descriptor is not one that a compiler makes: names that are none, types that are nowhere."""
    pool = descriptor_pool.DescriptorPool()
    for other in others:
        pool.AddSerializedFile(other.SerializeToString())
    try:
        pool.AddSerializedFile(plain.SerializeToString())
    except (TypeError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise InvalidProto(f"its descriptor does not hold together: {reason}", file=given.path) from error


def _free(name: str, taken: Container[str]) -> str:
    """Return a name that none of the files has."""
    while name in taken:
        name = f"_{name}"
    return name
