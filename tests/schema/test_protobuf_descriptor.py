"""Descriptors in base64: the same file as the text, and what is none is a finding."""

from __future__ import annotations

import base64

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proto_strategies import Proto, proto_files

from tallystick.errors import InvalidProto
from tallystick.schema.protobuf import read_protos
from tallystick.schema.protobuf_descriptor import LIMIT, parse_descriptor
from tallystick.schema.protobuf_text import registry_text
from tallystick.schema.types import Document

OPTIONS = """
syntax = "proto3"; package acme; import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { bool pii = 50000; }
message Money { int64 units = 1; }
"""
ORDER = """
syntax = "proto3"; package acme; import "options.proto"; import "google/protobuf/timestamp.proto";
message Order { string id = 1 [(pii) = true]; Money sum = 2; google.protobuf.Timestamp at = 3; }
"""
FILES = {"options.proto": Document("options.proto", OPTIONS), "order.proto": Document("order.proto", ORDER)}
REFERENCES = {"options.proto": FILES["options.proto"]}


def encoded(descriptor: FileDescriptorProto) -> Document:
    return Document("subjects/orders-value", base64.b64encode(descriptor.SerializeToString()).decode())


def descriptor_of(text: str) -> FileDescriptorProto:
    files, _ = read_protos({"a.proto": Document("a.proto", text)})
    found = FileDescriptorProto.FromString(files["a.proto"].described.descriptor.SerializeToString())
    found.ClearField("source_code_info")
    return found


def test_a_descriptor_is_the_file_that_it_was_made_of() -> None:
    order = read_protos(FILES)[0]["order.proto"]
    bare = FileDescriptorProto.FromString(order.described.descriptor.SerializeToString())
    bare.ClearField("source_code_info")
    for field in bare.message_type[0].field:
        field.ClearField("json_name")  # as many clients send it

    parsed = parse_descriptor(encoded(bare), REFERENCES)

    assert registry_text(order) == registry_text(parsed) == parsed.described.text
    assert {"(acme.pii)": True} == parsed.messages[0].fields[0].properties
    assert "order.proto" == parsed.name


@given(proto_files())
@settings(max_examples=15)
def test_any_file_is_the_same_as_a_descriptor(proto: Proto) -> None:
    files, _ = read_protos({"a.proto": Document("a.proto", proto.text)})

    assert registry_text(files["a.proto"]) == registry_text(parse_descriptor(encoded(descriptor_of(proto.text))))


@pytest.mark.parametrize("name", ["", "../../x.proto", "google/protobuf/any.proto", "options.proto", "a\nb", "C:\\x"])
def test_a_file_of_any_name_is_read(name: str) -> None:
    described = descriptor_of('syntax = "proto3"; message A {}')
    described.name = name

    assert ["A"] == [message.name for message in parse_descriptor(encoded(described), REFERENCES).messages]


def _changed(text: str, **changes: str) -> Document:
    described = descriptor_of(text)
    for name, value in changes.items():
        setattr(described.message_type[0].field[0], name, value)
    return encoded(described)


ONE = 'syntax = "proto3"; message A { A a = 1; }'


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        (Document("s", "syntax = !"), "it is neither the text of a .proto file nor base64"),
        (Document("s", "é"), "it is neither the text of a .proto file nor base64"),
        (Document("s", "AAAA" * (LIMIT // 4) + "A"), "it is larger than 4 MB"),
        (Document("s", "/////w=="), "its bytes are no FileDescriptorProto"),
        (Document("s", ""), "it is an empty FileDescriptorProto"),
        (encoded(FileDescriptorProto(dependency=["gone.proto"])), "there is no file 'gone.proto' to import"),
        (
            encoded(FileDescriptorProto(dependency=["google/protobuf/gone.proto"])),
            "there is no file 'google/protobuf/gone.proto' to import",
        ),
        (_changed(ONE, type_name=".Gone"), "its descriptor does not hold together"),
        (_changed(ONE, name="a = 1; } message B { A a"), "its descriptor does not hold together"),
        (encoded(FileDescriptorProto(syntax="proto9")), "its descriptor does not hold together"),
    ],
)
def test_what_is_no_descriptor_is_a_finding(given_: Document, message: str) -> None:
    with pytest.raises(InvalidProto) as caught:
        parse_descriptor(given_)

    assert caught.value.message.startswith(message)


@given(st.binary(max_size=60), st.integers(0, 200))
@settings(max_examples=40)
def test_bytes_at_random_are_read_or_a_finding(noise: bytes, at: int) -> None:
    good = descriptor_of(ONE).SerializeToString()
    at %= len(good)
    try:
        parsed = parse_descriptor(Document("s", base64.b64encode(good[:at] + noise + good[at:]).decode()))
    except InvalidProto:
        return  # a finding, and nothing else

    assert parsed.described.text == registry_text(parsed)


def test_options_that_the_file_itself_defines_are_kept() -> None:
    own = OPTIONS + "message A { int32 a = 1 [(pii) = true]; }"

    assert {"(acme.pii)": True} == parse_descriptor(encoded(descriptor_of(own))).messages[1].fields[0].properties
