"""DOC117: a rule that is no CEL, or that does not fit the schema."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.contract.model import QualityRule
from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, Severity, lint_rule


@lint_rule(
    code="DOC117",
    name="rule-wrong",
    on=QualityRule,
    message="rule '{rule}', line {line}, column {column} of it: {problem}",
    fix="correct the expression: {around}",
    severity=Severity.ERROR,
    since="0.1",
)
def rule_wrong(subject: Subject[QualityRule]) -> Iterator[Hit]:
    """A rule is no CEL, or it does not fit the schema.

    ## Why it matters

    A rule is an expression in CEL about a message, which must be true. Producers ask it before they send, and a registry hands it to
    clients in all languages. One with a misspelt field stops them all, at the first message.

    The fields have the types of the schema: https://github.com/google/cel-spec/blob/master/doc/langdef.md says what can be done with each.
    Enums and UUIDs are strings, a date is the days since 1970, and a decimal can be compared with numbers. Texts have the functions of
    Confluent's clients, too: `isEmail`, `isHostname`, `isIpv4`, `isIpv6`, `isUri`, `isUriRef`, `isUuid`.

    ## Example

    The schema has one field, `id`, a long.

    ```yaml new
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    schema:
      - name: Order
        quality:
          - id: id_positive
            type: custom
            engine: confluent-cel
            implementation: {kind: CONDITION, mode: WRITE, type: CEL, expr: "message.idd > 0"}
    ```

    ## How to fix it

    The line and the column are those of the expression. Write the field as the schema has it.

    ```yaml fixed
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    schema:
      - name: Order
        quality:
          - id: id_positive
            type: custom
            engine: confluent-cel
            implementation: {kind: CONDITION, mode: WRITE, type: CEL, expr: "message.id > 0"}
    ```
    """
    text = subject.node.condition
    if text is None:
        return
    # Here and not above: most contracts have no rules.
    from tallystick.expressions.of_schema import of_schema  # noqa: PLC0415
    from tallystick.expressions.rule import check_rule  # noqa: PLC0415

    for error in check_rule(text, of_schema(subject.contract.schema)):
        yield "implementation/expr", {"rule": subject.node.name, "problem": str(error)} | _place(text, error.at)


def _place(text: str, at: int) -> dict[str, object]:
    """Return line and column, from 1, of a place in an expression; and what stands around it."""
    before = text[:at]
    around = " ".join(text[max(0, at - 20) : at + 20].split())
    return {"line": before.count("\n") + 1, "column": at - before.rfind("\n"), "around": f"… {around} …"}
