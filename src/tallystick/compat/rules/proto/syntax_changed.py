"""PROTO511: the file is in another syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import listed
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoField, ProtoFile, ProtoMessage


@change_rule(
    code="PROTO511",
    name="syntax-changed",
    on=ProtoFile,
    message="the syntax was {old} and is {new}: {effect}",
    fix="keep syntax {old}; or set what changed for each field, as 'packed' does",
    severity=Severity.WARNING,
    since="0.1",
)
def syntax_changed(change: Change[ProtoFile]) -> Iterator[Hit]:
    """The file is in another syntax.

    ## Why it matters

    proto2, proto3 and editions have other defaults. What that does to presence and enums has rules of its own; this one names the rest:
    Bytes: lists of numbers are packed, or no longer. Parsers must take both, old ones of others may not. Text that is not UTF-8 is refused,
    or no longer. JSON: nothing changes. Source: `has` methods come and go, and compilers that are too old do not know an edition.

    ## Example

    ```proto old
    syntax = "proto2";
    message Order { repeated int32 codes = 1; }
    ```

    ```proto new
    syntax = "proto3";
    message Order { repeated int32 codes = 1; }
    ```

    ## How to fix it

    Keep the syntax. A new one is for new files.

    ```proto fixed
    syntax = "proto2";
    message Order { repeated int32 codes = 1; optional string note = 2; }
    ```
    """
    if change.old.syntax != change.new.syntax:
        facts = [
            ("packed otherwise", _differing(change, lambda field: field.is_packed)),
            ("checked for UTF-8 otherwise", _differing(change, lambda field: field.verifies_utf8)),
        ]
        effects = [f"{what}: {listed(names)}" for what, names in facts if names]
        effect = "; ".join(effects) or "no field is written otherwise"
        yield "syntax", {"old": change.old.syntax, "new": change.new.syntax, "effect": effect}


def _differing(change: Change[ProtoFile], fact: Callable[[ProtoField], bool]) -> list[str]:
    """Return the fields that both versions have, by message and name, and of which something differs."""
    was, now = (_fields(file) for file in (change.old, change.new))
    return [name for name, field in now.items() if name in was and fact(field) != fact(was[name])]


def _fields(file: ProtoFile) -> dict[str, ProtoField]:
    messages = (kind for kind in file.types() if isinstance(kind, ProtoMessage))
    return {f"{message.name}.{field.name}": field for message in messages for field in message.fields}
