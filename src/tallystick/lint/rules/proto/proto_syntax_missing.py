"""DOC151: a .proto file that does not say its syntax."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile

_SYNTAX = 12  # its number in descriptor.proto


@lint_rule(
    code="DOC151",
    name="proto-syntax-missing",
    on=ProtoFile,
    message="'{file}' does not say its syntax, and is read as proto2",
    fix="begin it with 'syntax = \"proto2\";'; for a file that is not released, better with 'syntax = \"proto3\";'",
    since="0.1",
)
def proto_syntax_missing(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """A .proto file says neither its syntax nor its edition.

    ## Why it matters

    It is read as proto2. Few people know, and proto2 differs in what counts: unset fields, unknown values of enums, checks of text.
    protoc itself warns of it.

    ## Example

    ```proto new
    // What a customer ordered.
    message Order { optional int64 id = 1; }
    ```

    ## How to fix it

    Say it in the first line. A released file is proto2 and should say that.

    ```proto fixed
    syntax = "proto2";

    // What a customer ordered.
    message Order { optional int64 id = 1; }
    ```
    """
    file = subject.node
    if file.syntax == "proto2" and not _says_syntax(file):
        yield "", {"file": file.name.rpartition("/")[2]}


def _says_syntax(file: ProtoFile) -> bool:
    return any(list(place.path) == [_SYNTAX] for place in file.described.descriptor.source_code_info.location)
