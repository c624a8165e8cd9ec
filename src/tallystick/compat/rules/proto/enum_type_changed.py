"""PROTO417: a field has another enum for its type."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.proto_changes import listed
from tallystick.compat.proto_fields import local_name, sides
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.protobuf_types import ProtoEnum, ProtoField


@change_rule(
    code="PROTO417",
    name="enum-type-changed",
    on=ProtoField,
    message="{where} (field {number}) was of the enum {old} and is of {new}: {effect}",
    fix="put the type {old} back; give what is new a number of its own",
    since="0.1",
)
def enum_type_changed(change: Change[ProtoField]) -> Iterator[Hit]:
    """The type of a field is another enum.

    ## Why it matters

    Bytes: an enum is sent as a number, and to the other enum that is another value, or none. JSON: it is written by name, and a name
    that a reader's enum lacks is refused. Source: code that names the type does not compile, even where both have the same values.

    The registry takes all enums for the same as int32. The values of maps count, too. An enum of the same name in another package
    is compared value by value, by the rules about enums.

    ## Example

    ```proto old
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    enum Step { OPEN = 0; SHIPPED = 1; }
    message Order { State state = 1; }
    ```

    ```proto new
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    enum Step { OPEN = 0; SHIPPED = 1; }
    message Order { Step state = 1; }
    ```

    ## How to fix it

    Leave the field as it is, and add a new one with a new number.

    ```proto fixed
    syntax = "proto3";
    enum State { NEW = 0; PAID = 1; }
    enum Step { OPEN = 0; SHIPPED = 1; }
    message Order { State state = 1; Step step = 2; }
    ```
    """
    for new, old in sides(change.new, change.old):
        if isinstance(old.type, ProtoEnum) and isinstance(new.type, ProtoEnum):
            yield from _hits(change.new.number, old.type, new.type)


def _hits(number: int, old: ProtoEnum, new: ProtoEnum) -> Iterator[Hit]:
    if local_name(old) != local_name(new):
        names = {"old": local_name(old), "new": local_name(new)}
        yield "", {"number": number, **names, "effect": _effect(old, new)}


def _effect(old: ProtoEnum, new: ProtoEnum) -> str:
    for value in old.values:
        now = new.named(value.number)
        if not now:
            return f"it has no value {value.number}, which was '{value.name}'"
        if value.name not in now:
            return f"{value.number} was '{value.name}' and is {listed(now)}"
    return "code that names the type does not compile"
