"""Which attributes of a field mark it as personal data: lint asks for one, a change rule keeps them."""

MARKS = ("pii", "confluent:tags", "tags", "classification", "sensitivity")
_OF_PROTOBUF = "debug_redact"  # descriptor.proto, FieldOptions: text made of the message leaves the field's value out


def is_mark(name: str) -> bool:
    """Say whether an attribute is such a mark; in a .proto file `(acme.pii)` and `(acme.meta).tags` are."""
    own = name.rpartition(".")[2].rstrip(")").lstrip("(") if name.startswith("(") else name
    return own.lower() in (*MARKS, _OF_PROTOBUF)
