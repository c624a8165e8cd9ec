"""DOC149: a file that offers another one's types beside its own."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoImport


@lint_rule(
    code="DOC149",
    name="proto-import-public",
    on=ProtoImport,
    message="'{file}' is imported publicly by a file that has definitions of its own",
    fix="import it without 'public', and let those who use its types import it; if it was released, leave it: others may rely on it",
    since="0.1",
)
def proto_import_public(subject: Subject[ProtoImport]) -> Iterator[Hit]:
    """A file with definitions of its own imports another one publicly.

    ## Why it matters

    Who imports the file gets the other one's types, too, and nothing in it says so. Nobody finds where a type comes
    from, and the import can never go, for others may rely on it (PROTO515). Some languages do not support it at all.

    A file that has nothing but public imports is fine: it stands where types were before they moved (PROTO121).

    ## Example

    ```proto new
    import public "shared/money.proto";
    message Order { Money total = 1; }

    // shared/money.proto
    message Money { int64 cents = 1; }
    ```

    ## How to fix it

    Let each file import what it uses.

    ```proto fixed
    import "shared/money.proto";
    message Order { Money total = 1; }

    // shared/money.proto
    message Money { int64 cents = 1; }
    ```
    """
    file = subject.node.described.descriptor
    if subject.node.is_public and (file.message_type or file.enum_type or file.extension or file.service):
        yield "", {"file": subject.node.name}
