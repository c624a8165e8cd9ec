"""DOC123: a moment or a day that is a bare number or text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tallystick.lint.engine import Subject
from tallystick.lint.names import vocabulary, words
from tallystick.lint.values import held
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import Field, PrimitiveType

# A time is a moment only where the word before says so: response_time and lead_time are durations.
_MOMENTS = vocabulary(
    "event start end begin create created creation update updated modified change changed order ingest ingested login"
    " expiry expiration expire arrival departure commit open close"
)
# up_to_date and out_of_date are no days, looked_at and based_at no moments.
_NO_DAY = ("to", "of", "up")
_NO_MOMENT = vocabulary("look looked looking base based aim aimed good best at")
# A logical type that Avro ignores there is DOC127's to tell.
_HINTS = ("logicalType", "format", "pattern")
_MOMENT = "a long with the logical type timestamp-micros"
_DAY = "an int with the logical type date"


@lint_rule(
    code="DOC123",
    name="naive-timestamp",
    on=Field,
    message="field '{field}' looks like {what}, and a {kind} does not say {lack}",
    fix="use {better}, as a new field if it was released",
    since="0.1",
)
def naive_timestamp(subject: Subject[Field]) -> Iterator[Hit]:
    """A moment or a day is a number or a string that does not say how it is meant.

    ## Why it matters

    1718000000000 is a day in 2024 in milliseconds and one in 1970 in microseconds. A text may have any format and
    no time zone. A logical type settles it, and generated code shows a datetime or a date instead of a number.
    A local timestamp has no time zone, so nobody can tell when `…_at` was.

    A field is taken for one by the end of its name: `placed_at`, `event_time`, `timestamp`, `order_date`. A unit
    there (`sent_at_ms`), or a `format` or `pattern` property, settles it, too.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [{"name": "placed_at", "type": "long"}]}
    ```

    ## How to fix it

    Use timestamp-micros or timestamp-millis for a moment, date for a day. A released field can't change its type:
    add a new one beside it.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "placed_at", "type": {"type": "long", "logicalType": "timestamp-micros"}}]}
    ```
    """
    field = subject.node
    what = _named_like(field.name)
    if not what or any(hint in field.properties for hint in _HINTS):
        return
    for kind in held(field.type):
        if not isinstance(kind, PrimitiveType):
            continue
        if kind.logical is not None:
            if field.name.lower().endswith("at") and kind.logical.name.startswith("local-timestamp"):
                values = {"what": what, "kind": kind.logical.name, "lack": "in which time zone", "better": _MOMENT}
                yield "type", {"field": field.name, **values}
        elif kind.kind in ("int", "long", "string") and not any(hint in kind.properties for hint in _HINTS):
            lack = "in which format" if kind.kind == "string" else "in which unit, since when"
            better = _DAY if what == "a day" else _MOMENT
            yield "type", {"field": field.name, "what": what, "kind": kind.kind, "lack": lack, "better": better}


@lru_cache(maxsize=16384)
def _named_like(name: str) -> str:
    """Return what a field of this name holds: a moment, a day, or empty for neither."""
    *before, last = words(name) or ("",)
    previous = before[-1] if before else ""
    if last == "date":
        return "" if previous in _NO_DAY else "a day"
    is_moment = (
        last in ("timestamp", "datetime", "ts")
        or (last == "at" and previous not in _NO_MOMENT and bool(previous))
        or (last == "time" and previous in _MOMENTS)
    )
    return "a moment" if is_moment else ""
