"""DOC152: a .proto file whose name is not in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import is_lower_snake
from tallystick.lint.proto_names import proto_snake
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile


@lint_rule(
    code="DOC152",
    name="proto-file-name-style",
    on=ProtoFile,
    message="the name of the file '{file}' is not in lower_snake_case",
    fix="name it '{better}'; if others import it, leave a file with its name that imports the new one publicly",
    since="0.1",
)
def proto_file_name_style(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """The name of a .proto file is not in lower_snake_case.

    ## Why it matters

    Others import a file by its name, and generators make modules of it: `Money-Amount.proto` becomes
    `Money_Amount_pb2`. A disk that does not tell capitals apart takes an import that another one refuses.

    ## Example

    ```proto new
    import "shared/MoneyAmount.proto";
    message Order { Money total = 1; }

    // shared/MoneyAmount.proto
    message Money { int64 cents = 1; }
    ```

    ## How to fix it

    Rename it before others import it.

    ```proto fixed
    import "shared/money_amount.proto";
    message Order { Money total = 1; }

    // shared/money_amount.proto
    message Money { int64 cents = 1; }
    ```
    """
    file = subject.node.name.rpartition("/")[2]
    stem = file.removesuffix(".proto")
    if not is_lower_snake(stem):
        yield "", {"file": file, "better": f"{proto_snake(stem) or 'a_word'}.proto"}
