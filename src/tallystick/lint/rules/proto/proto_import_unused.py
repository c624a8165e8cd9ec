"""DOC148: an import that the file does not need."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_uses import offers, options_used_in, types_used_in
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoImport


@lint_rule(
    code="DOC148",
    name="proto-import-unused",
    on=ProtoImport,
    message="nothing of '{file}' is used",
    fix="take the import out",
    since="0.1",
)
def proto_import_unused(subject: Subject[ProtoImport]) -> Iterator[Hit]:
    """A file imports another one and uses nothing of it.

    ## Why it matters

    A registry keeps what a file imports as references, and a consumer must get them all. When the other file changes,
    this contract is checked, and may be stopped, for nothing.

    A type is used by a field, an extension or a method, an extension by an option. A public import is for others.

    ## Example

    ```proto new
    import "google/protobuf/timestamp.proto";
    message Order { int64 id = 1; }
    ```

    ## How to fix it

    Take it out, or use it.

    ```proto fixed
    message Order { int64 id = 1; }
    ```
    """
    node = subject.node
    if node.is_public:
        return
    offered = offers(node.file)
    if offered.isdisjoint(types_used_in(node.described)) and offered.isdisjoint(options_used_in(node.described)):
        yield "", {"file": node.name}
