"""The .proto files that any schema may import without a reference, as with Confluent's registry: its own few types."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What is none of a .proto file's: each statement there ends with a semicolon or a brace.
BASE64 = re.compile(r"[A-Za-z0-9+/\s]+=*\s*")
META = "confluent/meta.proto"
_TEXTS: Mapping[str, str] = {
    META: """syntax = "proto3";
package confluent;
import "google/protobuf/descriptor.proto";
message Meta {
  string doc = 1;
  map<string, string> params = 2;
  repeated string tags = 3;
  repeated Rule rules = 4;
}
message Rule {
  string name = 1;
  string doc = 2;
  string expr = 3;
  string sql = 4;
}
extend google.protobuf.FileOptions { Meta file_meta = 1088; }
extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }
""",
    "confluent/type/decimal.proto": """syntax = "proto3";
package confluent.type;
message Decimal {
  bytes value = 1;
  uint32 precision = 2;
  int32 scale = 3;
}
""",
    "confluent/types/decimal.proto": """syntax = "proto3";
import public "confluent/type/decimal.proto";
""",
    "confluent/type/variant.proto": """syntax = "proto3";
package confluent.type;
message Variant {
  bytes metadata = 1;
  bytes value = 2;
}
""",
}


def with_known_protos(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts by the name that they are imported by, and those of ours that are not among them.

    They are left out where no text names one. A file that is a descriptor in base64 may name any.
    """
    named = any("confluent/" in text or BASE64.fullmatch(text) for text in texts.values())
    return {**(_TEXTS if named else {}), **texts}
