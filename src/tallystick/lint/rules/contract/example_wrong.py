"""DOC103: an example that is not what its name says."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator, Sequence
from typing import Any

from tallystick.contract.model import AnySchema, Example
from tallystick.errors import EncodeError
from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, Severity, lint_rule
from tallystick.schema.json_text import escape
from tallystick.schema.types import Format

_STEP = re.compile(r"""\.([A-Za-z_]\w*)|\[(?:(\d+)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\]""")


@lint_rule(
    code="DOC103",
    name="example-wrong",
    on=Example,
    message="{problem}",
    fix="{mend}",
    severity=Severity.ERROR,
    since="0.1",
)
def example_wrong(subject: Subject[Example]) -> Iterator[Hit]:
    """An example does not fit the schema; or one that must not fit it does.

    ## Why it matters

    People copy examples into their tests. Files in `examples/` are read by the schema: all must fit it, but for
    those whose name begins with `invalid-`, which must not.

    For an Avro schema they are written in Avro's JSON encoding; a nullable value may also stand without the name of
    its branch. For a .proto file they are written in the ProtoJSON format: `orderId` for the field `order_id` (the
    name in the file is taken, too), a `Timestamp` as `"2026-03-02T09:15:02Z"`, bytes in base64.

    ## Example

    The file is `examples/valid-small.json`, the schema has one field, `id`, a long.

    ```json new
    {"id": "seventeen"}
    ```

    ## How to fix it

    Correct the example, or, if it is meant to be refused, let its name begin with `invalid-`.

    ```json fixed
    {"id": 17}
    ```
    """
    example = subject.node
    problems = _problems(subject.contract.schema, example.value)
    if example.is_valid:
        for error in problems:
            hint = f" ({error.fix})" if error.fix else ""
            mend = f"correct the example{hint}, or let its name begin with invalid-"
            yield _pointer(error.path), {"problem": f"the example does not fit the schema: {error}", "mend": mend}
    elif not problems:
        mend = "break the example, or let its name begin with valid-"
        yield "", {"problem": "the example is named invalid-…, and it fits the schema", "mend": mend}


def _problems(schema: AnySchema, value: Any) -> Sequence[EncodeError]:
    # Here and not above: who has schemas in one language alone does not pay for the other.
    if schema.format is Format.AVRO:
        from tallystick.values.avro_json import problems_in_json  # noqa: PLC0415

        return problems_in_json(schema.root, value)
    from tallystick.values.proto_json import check_json  # noqa: PLC0415

    try:
        check_json(schema, value)
    except EncodeError as error:
        return [error]
    return []


def _pointer(path: str) -> str:
    """Return `OrderPlaced.lines[3]['a key']` as `lines/3/a key`."""
    steps = (name or index or literal_eval(key) for name, index, key in _STEP.findall(path))
    return "/".join(map(escape, steps))
