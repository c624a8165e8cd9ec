"""Run an expression with Google's CEL library, where it can't be compiled: patterns, doubles as text, types not known.

It takes some ten times as long. The library is the extra `tallystick[cel]`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import BytesValue, StringValue

from tallystick.errors import EvaluationError, InvalidExpression, Unavailable
from tallystick.expressions import runtime
from tallystick.expressions.check import Checked
from tallystick.expressions.compile import NOW
from tallystick.expressions.formats import FORMATS
from tallystick.expressions.syntax import fields_read
from tallystick.expressions.types import CelType
from tallystick.expressions.write import written


def in_library(text: str, checked: Checked, variables: Mapping[str, CelType]) -> Callable[..., Any]:
    """Return the function of an expression, like `compile.compiled`. `text` is what errors call it.

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
    source = written(checked)
    wanted = {name: fields_read(checked.tree, name) for name in variables if name != NOW}

    @lru_cache(maxsize=8)
    def program_in(pool: DescriptorPool | None) -> Any:
        """Return the program for messages of a pool: the library looks up what they are made of."""
        env = cel.NewEnv(
            descriptor_pool=pool,
            variables=dict.fromkeys(variables, cel.Type.DYN),
            functions=[
                cel.FunctionDecl(name, [cel.Overload(name, cel.Type.BOOL, [cel.Type.STRING], is_member=True)])
                for name in FORMATS
            ],
            function_impls=FORMATS,
        )
        return env.compile(source)

    try:
        program_in(None)
    except Exception as error:  # the library has no exceptions of its own
        raise InvalidExpression(str(error).partition("\n")[0], at=0) from error

    def run(*values: Any) -> Any:
        given = zip(wanted.items(), values, strict=True)
        data = {name: plain(value, fields=read) for (name, read), value in given}
        pools = (type(value).DESCRIPTOR.file.pool for value in values if isinstance(value, Message))
        if NOW in variables:
            data[NOW] = plain(datetime.now(UTC))
        try:
            result = program_in(next(pools, None)).eval(data=data)
        except Exception as error:  # the same
            raise EvaluationError(str(error).partition("\n")[0]) from error
        if result.type() == cel.Type.ERROR:
            raise EvaluationError(str(result.value()).partition("\n")[0])
        return result.plain_value()

    return run


def plain(value: Any, *, fields: Container[str] | None = None) -> Any:
    """Return a value as the library takes it: records of Avro are maps, by the names of the schema.

    Of the record itself only `fields` are in it, if they are given.
    """
    match value:
        case datetime():
            moment = Timestamp()
            moment.FromDatetime(value)
            return moment
        case timedelta():
            span = Duration()
            span.FromTimedelta(value)
            return span
        case date():
            return runtime.days(value)
        case Decimal():
            return float(value)
        # The library takes a text for one of C's, which ends at a zero; but not in a message.
        case str() if "\0" in value:
            return StringValue(value=value)
        case bytes() if b"\0" in value:
            return BytesValue(value=value)
        case str():
            return str(value)  # an enum's member is a str to Python, and not to the library
        case bool() | int() | float() | Message() | None:
            return value
        case bytes():
            return bytes(value)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {_key(key): plain(item) for key, item in value.items() if fields is None or key in fields}
    if is_dataclass(value):
        named = ((one.metadata.get("wire", one.name), one.name) for one in dataclass_fields(value))
        return {name: plain(getattr(value, held)) for name, held in named if fields is None or name in fields}
    # A UUID is its text. Of a time of day a rule can only ask whether it is there: CEL has no type for it.
    return str(value)


def _key(key: Any) -> Any:
    if isinstance(key, str) and "\0" in key:
        raise EvaluationError(f"the key {key!r} of a map holds a zero, and the CEL library can't be given that")
    return key
