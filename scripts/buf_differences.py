"""What docs/protobuf-vs-buf.md says beside its tables: why tallystick and `buf breaking` differ, rule by rule."""

from __future__ import annotations

HEAD = """# tallystick and `buf breaking`, side by side

Written by `python scripts/compare_with_buf.py`; with `--check` it only compares.
The changes are the cases of tallystick's own rules in `tests/compat/rules/proto/`, so they show what tallystick looks for.
They are no measure of how often either is right.

There are {count} changes.
Each goes, from old to new, to three:

- `buf breaking` {version}, with all rules of the categories FILE, PACKAGE, WIRE_JSON and WIRE;
- tallystick's rules about Protobuf, errors and warnings alike;
- the registry's verdict, BACKWARD: whether the new schema may read the old one's messages. It is tallystick's copy of what
  Confluent's registry does. It refuses {refused} of them.

Three ideas of what breaks explain most of what follows.
The registry guards eleven kinds of change to messages, and nothing about enums, services or files.
buf guards, by category, generated code per file (FILE) or package (PACKAGE), JSON (WIRE_JSON), or bytes (WIRE).
tallystick says what the registry says, and beside it what data in a topic may suffer; it takes a field or a value that was removed
and reserved, and what only moves where the types stay the same.
"""

_MEANING = "buf compares what is written; it does not look at what people and tools read beside it."

ONLY_OURS = {
    "PROTO118": "A required field of an edition is the feature LEGACY_REQUIRED, which buf does not count; a reader refuses a message without it.",
    "PROTO131": "buf compares the extensions of the files that it is given, by name; the number of an option is in the released schemas.",
    "PROTO213": "The old name is still there, and no longer the first: JSON has the new one, which released readers do not know.",
    "PROTO220": "A value more is no break to buf; released readers get a number without a name, and parsers of JSON refuse the name.",
    "PROTO123": "buf looks for an extension by name, and finds it; its number, which is in the bytes, is another one.",
    "PROTO124": "A mark of personal data is a custom option. buf leaves custom options to plugins; a topic with personal data can not.",
    "PROTO125": f"A comment is the documentation of the data. {_MEANING}",
    "PROTO126": f"A custom option may be what a connector or a validator goes by. {_MEANING}",
    "PROTO215": "No value has another name or number, but another one is first: an unset field of proto2 is the first value.",
    "PROTO515": "The file has all that it had. Those who import it lose types, and buf sees them only if they are in the same module.",
}

_REMOVED = "It is gone from generated code, so FILE and PACKAGE speak. It is reserved, so nothing that is in a topic is read wrongly."
_MOVED = (
    "buf's FILE goes by file. The full name is the same and it is still imported: bytes and JSON are what they were."
)
_OFFERED = "buf's FILE goes by file. The old file imports the new one publicly, so who imports it finds the type."
_TYPE = "The bytes are the same, and the registry takes it. Generated code has another type, and JSON may be written otherwise."

ONLY_BUF = {
    "ENUM_NO_DELETE": _OFFERED,
    "ENUM_VALUE_NO_DELETE": _REMOVED,
    "FIELD_NO_DELETE": _REMOVED,
    "FIELD_SAME_TYPE": _TYPE,
    "FIELD_WIRE_COMPATIBLE_TYPE": "buf's table of types that share bytes lets an enum be an enum only. The bytes of a number and an enum are alike; a reader of JSON may stop at a name, which tallystick does not say.",
    "FIELD_WIRE_JSON_COMPATIBLE_TYPE": _TYPE,
    "FILE_SAME_JAVA_PACKAGE": "The option says what held without it: the package of the file. buf compares the text of the option.",
    "MESSAGE_NO_DELETE": _OFFERED,
    "SERVICE_NO_DELETE": _MOVED,
}

FORGIVING = {
    "PROTO101": "Bytes do not name the message, so WIRE says nothing. The registry finds messages by name and file, and a consumer is of one.",
}
