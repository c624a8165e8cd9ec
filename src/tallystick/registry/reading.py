"""Make a schema of a registry's texts: that of a version, and those of all that it refers to."""

from __future__ import annotations

from collections.abc import Mapping

from tallystick.contract.model import AnySchema
from tallystick.errors import InvalidSchema
from tallystick.registry.known_protos import BASE64, with_known_protos
from tallystick.registry.model import RegisteredSchema
from tallystick.schema.references import Library
from tallystick.schema.types import Document, Format


def read_schema(
    given: RegisteredSchema, needed: Mapping[str, RegisteredSchema], *, main: str | None = None, deadline: float = 60.0
) -> AnySchema:
    """Return the schema of a version; `needed` is all that it refers to, directly or not, by the name it does so.

    `main` names the message that a topic holds, among several of a .proto file. `deadline` is in seconds.

    Raises:
        InputError: a text can't be read.
        InvalidSchema: it is in a language that this version does not read.
    """
    match given.schema_type:
        case Format.AVRO:
            return _avro(given, needed)
        case Format.PROTOBUF:
            return _protobuf(given, needed, main, deadline)
        case other:
            raise InvalidSchema(f"schemaType '{other}' is not supported: there are {' and '.join(Format)}")


def _path(given: RegisteredSchema) -> str:
    return f"{given.subject}/versions/{given.version}" if given.version else "schema"


def _avro(given: RegisteredSchema, needed: Mapping[str, RegisteredSchema]) -> AnySchema:
    documents = {f"{_path(one)}.avsc": Document(_path(one), one.text) for one in (given, *needed.values())}
    return Library(documents, documents.__getitem__).schema(f"{_path(given)}.avsc")


def _protobuf(
    given: RegisteredSchema, needed: Mapping[str, RegisteredSchema], main: str | None, deadline: float
) -> AnySchema:
    # Here and not above: only who has .proto files pays for protobuf's own code.
    from tallystick.schema.protobuf import read_protos  # noqa: PLC0415
    from tallystick.schema.protobuf_schema import proto_schema, shared_schema  # noqa: PLC0415

    own = "schema.proto"
    while own in needed:  # nobody imports the schema itself, so any other name will do
        own = f"_{own}"
    texts = with_known_protos({own: given.text, **{name: one.text for name, one in needed.items()}})
    paths = {own: _path(given), **{name: _path(one) for name, one in needed.items()}}
    documents = {name: Document(paths.get(name, name), text) for name, text in texts.items()}
    if BASE64.fullmatch(given.text):
        from tallystick.schema.protobuf_descriptor import parse_descriptor  # noqa: PLC0415  # as above

        file = parse_descriptor(documents.pop(own), documents)
    else:
        files, problems = read_protos(documents, deadline=deadline)
        for problem in problems:
            raise problem
        file = files[own]
    known = {kind.short_name for kind in file.types()}
    # It may have been another message then. Which one decides nothing: files are compared, with all that is in them.
    return proto_schema(file, main) if main in known else shared_schema(file)
