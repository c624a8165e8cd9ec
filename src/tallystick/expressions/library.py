"""Run an expression with Google's CEL library, where it can't be compiled: patterns, doubles as text, types not known.

It takes some ten times as long. The library is the extra `tallystick[cel]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from tallystick.errors import EvaluationError, InvalidExpression, Unavailable
from tallystick.expressions import runtime
from tallystick.expressions.compile import NOW
from tallystick.expressions.types import DECIMAL, CelType, RecordType


def in_library(text: str, variables: Mapping[str, CelType]) -> Callable[..., Any]:
    """Return the function of an expression, like `compile.compiled`.

    Raises:
        InvalidExpression: the library does not take it.
        Unavailable: the library is not installed.
    """
    try:
        from cel_expr_python import cel  # noqa: PLC0415  # an extra: who needs no patterns does without
    except ImportError:
        raise Unavailable(
            f"the rule `{text}` needs a CEL library, which is not installed", fix="pip install 'tallystick[cel]'"
        ) from None
    try:
        program = cel.NewEnv(variables=dict.fromkeys(variables, cel.Type.DYN)).compile(text)
    except Exception as error:  # the library has no exceptions of its own
        raise InvalidExpression(str(error).partition("\n")[0], at=0) from error
    kinds = {name: kind for name, kind in variables.items() if name != NOW}

    def run(*values: Any) -> Any:
        data = {name: plain(value, kind) for (name, kind), value in zip(kinds.items(), values, strict=True)}
        if NOW in variables:
            data[NOW] = datetime.now(UTC)
        try:
            result = program.eval(data=data)
        except Exception as error:  # the same
            raise EvaluationError(str(error).partition("\n")[0]) from error
        if result.type() == cel.Type.ERROR:
            raise EvaluationError(str(result.value()).partition("\n")[0])
        return result.plain_value()

    return run


def plain(value: Any, kind: CelType) -> Any:
    """Return a value as the library takes it: records are maps by the names of the schema."""
    if value is None:
        return None
    match kind.sure:
        case RecordType(fields=fields):
            if isinstance(value, Message):
                return value
            return {
                name: plain(attrgetter(one.read.removeprefix("{0}."))(value), one.type) for name, one in fields.items()
            }
        case CelType(name="list", of=(one,)):
            return [plain(inner, one) for inner in value]
        case CelType(name="map", of=(_, one)):
            return {key: plain(inner, one) for key, inner in value.items()}
        case CelType(held="date"):
            return runtime.days(value)
        case CelType(held="UUID"):
            return str(value)
        case known if known == DECIMAL:
            return float(value)
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    match value:
        case datetime():
            moment = Timestamp()
            moment.FromDatetime(value)
            return moment
        case timedelta():
            span = Duration()
            span.FromTimedelta(value)
            return span
        case str():
            return str(value)  # an enum's member is a str to Python, and not to the library
        case bool() | int() | float() | Message() | None:
            return value
        case bytes():
            return bytes(value)
        case list():
            return [_plain_scalar(item) for item in value]
        case dict():
            return {key: _plain_scalar(item) for key, item in value.items()}
    # A time of day, say: CEL has no type for it, so a rule can only ask whether it is there.
    return str(value)
