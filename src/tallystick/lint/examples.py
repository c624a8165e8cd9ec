"""What is wrong with an example: it does not fit the schema, or it breaks a rule of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.contract.model import AnySchema, Contract, QualityRule
from tallystick.errors import EncodeError, EvaluationError, InvalidExpression, Unavailable
from tallystick.schema.types import Format


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that an example breaks, and the fields that it speaks of."""

    rule: QualityRule
    fields: tuple[str, ...] = ()


def schema_problems(schema: AnySchema, value: Any) -> Sequence[EncodeError]:
    """Return what keeps a JSON value from being a message."""
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


def broken_rules(contract: Contract, value: Any) -> Iterator[Broken | None]:
    """Yield the rules that a JSON value breaks, which fits the schema. None stands for one that nobody can ask here.

    That is one that is wrong itself, that needs a library which is not installed, or that looks at `now`: what it says
    of a file changes by the day.
    """
    if not contract.client_rules:
        return
    # Here and not above: most contracts have no rules.
    from tallystick.expressions.of_schema import of_schema  # noqa: PLC0415
    from tallystick.expressions.rule import compile_rule  # noqa: PLC0415

    kind, message = of_schema(contract.schema), _message(contract.schema, value)
    for rule in contract.client_rules:
        try:
            asked = compile_rule(str(rule.condition), kind)
        except (InvalidExpression, Unavailable):
            yield None
            continue
        if asked.needs_now:
            yield None
            continue
        try:
            holds = asked.holds(message)
        except EvaluationError:
            holds = False  # as it does in clients: a rule that has no answer counts as broken
        if not holds:
            yield Broken(rule, asked.fields)


def _message(schema: AnySchema, value: Any) -> Any:
    if schema.format is Format.PROTOBUF:
        from tallystick.values.proto_message import ProtoMessages  # noqa: PLC0415  # only who has .proto files pays for it

        return ProtoMessages(schema).message_of(value)
    from tallystick.values.avro_json import from_json  # noqa: PLC0415  # as above

    return from_json(schema.root, value)
