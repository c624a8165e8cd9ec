"""DOC103: an example that is not what its name says."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator, Sequence
from typing import Any

from tallystick.contract.model import Example
from tallystick.lint.engine import Subject
from tallystick.lint.examples import broken_rules, schema_problems
from tallystick.rulekit.rule import Hit, Severity, lint_rule
from tallystick.schema.json_text import escape

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
    """An example does not fit the schema, or breaks a rule; or one that must not fit does.

    ## Why it matters

    People copy examples into their tests. Files in `examples/` are read by the schema: all must fit it, and keep the
    contract's rules, but for those whose name begins with `invalid-`, which must not. Rules that clients leave out are
    not asked, nor those that look at `now`: what they say of a file changes by the day.

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
    contract, example = subject.contract, subject.node
    problems = schema_problems(contract.schema, example.value)
    broken = [] if problems else [*broken_rules(contract, example.value)]
    if example.is_valid:
        for error in problems:
            hint = f" ({error.fix})" if error.fix else ""
            mend = f"correct the example{hint}, or let its name begin with invalid-"
            yield _pointer(error.path), {"problem": f"the example does not fit the schema: {error}", "mend": mend}
        for one in filter(None, broken):
            problem = f"the example breaks the rule '{one.rule.name}': {' '.join(str(one.rule.condition).split())}"
            mend = "correct the example, or let its name begin with invalid-"
            yield _first_of(one.fields, example.value), {"problem": problem, "mend": mend}
    elif not problems and not broken:
        kept = " and keeps the contract's rules" if contract.client_rules else ""
        mend = "break the example, or let its name begin with valid-"
        yield "", {"problem": f"the example is named invalid-…, and it fits the schema{kept}", "mend": mend}


def _first_of(fields: Sequence[str], value: Any) -> str:
    """Return the first of the fields of a message that stands in an example."""
    outermost = (field.partition(".")[0] for field in fields)
    return next((field for field in outermost if isinstance(value, dict) and field in value), "")


def _pointer(path: str) -> str:
    """Return `OrderPlaced.lines[3]['a key']` as `lines/3/a key`."""
    steps = (name or index or literal_eval(key) for name, index, key in _STEP.findall(path))
    return "/".join(map(escape, steps))
