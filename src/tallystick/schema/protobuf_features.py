"""What proto2, proto3 and the editions differ in, as one set of features that is handed down from a file to its parts.

https://protobuf.dev/editions/features/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Features:
    """The features that change what messages hold, by the names that descriptor.proto gives them and their values."""

    field_presence: str = "EXPLICIT"
    enum_type: str = "OPEN"
    repeated_field_encoding: str = "PACKED"
    utf8_validation: str = "VERIFY"
    message_encoding: str = "LENGTH_PREFIXED"
    json_format: str = "ALLOW"

    def within(self, options: Any) -> Features:
        """Return the features of something in here, which has these options."""
        if not options.HasField("features"):
            return self
        own = options.features
        return replace(self, **{f.name: _word(own, f.name) for f in fields(self) if own.HasField(f.name)})


_BY_SYNTAX: Mapping[str, Features] = {
    "proto2": Features(
        enum_type="CLOSED",
        repeated_field_encoding="EXPANDED",
        utf8_validation="NONE",
        json_format="LEGACY_BEST_EFFORT",
    ),
    "proto3": Features(field_presence="IMPLICIT"),
}
_EDITIONS = Features()


def features_of(syntax: str, options: Any) -> Features:
    """Return the features of a file: its syntax's, or its edition's, and what its options say otherwise."""
    return _BY_SYNTAX.get(syntax, _EDITIONS).within(options)


def _word(features: Any, name: str) -> str:
    field = features.DESCRIPTOR.fields_by_name[name]
    word: str = field.enum_type.values_by_number[getattr(features, name)].name
    return word
