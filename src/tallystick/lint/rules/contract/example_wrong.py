"""DOC103: an example that is not what its name says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.contract.model import Example
from tallystick.errors import EncodeError
from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, Severity, lint_rule
from tallystick.schema.json_text import escape
from tallystick.schema.types import Schema
from tallystick.values.avro_json import from_json


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
    those whose name begins with `invalid-`, which must not. They are written in Avro's JSON encoding; a nullable
    value may also stand without the name of its branch.

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
    example, schema = subject.node, subject.contract.schema
    if not isinstance(schema, Schema):
        return
    try:
        from_json(schema.root, example.value)
    except EncodeError as error:
        if example.is_valid:
            mend = "correct the example, or let its name begin with invalid-"
            yield _pointer(error.path), {"problem": f"the example does not fit the schema: {error}", "mend": mend}
    else:
        if not example.is_valid:
            mend = "break the example, or let its name begin with valid-"
            yield "", {"problem": "the example is named invalid-…, and it fits the schema", "mend": mend}


def _pointer(path: str) -> str:
    """Return `OrderPlaced.lines[3].sku` as `lines/3/sku`."""
    steps = re.findall(r"\.([A-Za-z_]\w*)|\[(\d+)\]", path)
    return "/".join(escape(name or index) for name, index in steps)
