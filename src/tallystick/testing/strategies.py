"""Choices by Hypothesis: any value that a type can have, small ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from hypothesis import strategies as st
from hypothesis.provisional import domains, urls

from tallystick.expressions.bounds import Bounds
from tallystick.expressions.formats import is_email
from tallystick.expressions.patterns import as_python
from tallystick.schema.types import FixedType
from tallystick.testing.build import Choices, Place, real_bounds, single
from tallystick.values.logical import Leaf
from tallystick.values.types import Duration, LocalTimestampNanos, TimestampNanos

T = TypeVar("T")
_MOST_ITEMS = 3
_TEXT = st.characters(exclude_categories=["Cs"])
_NANOS = st.integers(-(2**63), 2**63 - 1)
_COUNTS = st.integers(0, 2**32 - 1)


def drawn(draw: st.DrawFn) -> Choices:
    """Return choices that Hypothesis draws."""
    return _Drawn(draw)


class _Drawn:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one_of(self, options: Sequence[T], place: Place) -> T:  # noqa: ARG002  # what `Choices` asks
        return self._draw(st.sampled_from(options))

    def length(self, least: int, most: int | None, place: Place) -> int:
        usual = least + min(_MOST_ITEMS, place.depth)  # fewer the deeper, or recursive types would explode
        return self._draw(st.integers(least, usual if most is None else max(least, most)))

    def key(self, place: Place) -> str:  # noqa: ARG002  # the same
        return self._draw(st.text(_TEXT, max_size=5))

    def whole(self, low: int, high: int, kind: Leaf, place: Place) -> int:  # noqa: ARG002  # the same
        return self._draw(st.integers(low, high))

    def real(self, kind: Leaf, place: Place) -> float:
        bounds = place.bounds
        if bounds.low is None and bounds.high is None:
            width: Literal[32, 64] = 32 if kind.kind == "float" else 64
            return self._draw(st.floats(width=width))
        low, high = real_bounds(bounds, is_single=kind.kind == "float")
        return self._draw(st.floats(low, high).map(single) if kind.kind == "float" else st.floats(low, high))

    def plain(self, kind: Leaf, place: Place) -> Any:
        name = kind.logical.name if kind.logical else ""
        if name in _LOGICAL:
            return self._draw(_LOGICAL[name])
        bounds = place.bounds
        if isinstance(kind, FixedType):
            return self._draw(st.binary(min_size=kind.size, max_size=kind.size))
        match kind.kind:
            case "null":
                return None
            case "boolean":
                return self._draw(st.booleans())
            case "bytes":
                return self._draw(st.binary(min_size=bounds.least_size, max_size=bounds.most_size))
            case _:
                return self._draw(_texts(bounds))


def _texts(bounds: Bounds) -> st.SearchStrategy[str]:
    if bounds.format:
        return _FORMATS[bounds.format]
    known = bounds.start + bounds.inside + bounds.end
    least = max(0, bounds.least_size - len(known))
    most = None if bounds.most_size is None else max(least, bounds.most_size - len(known))
    pattern = as_python(bounds.pattern)
    if pattern is not None:
        found = st.from_regex(pattern, alphabet=_TEXT)
        return found.filter(
            lambda text: bounds.least_size <= len(text) and (bounds.most_size is None or len(text) <= bounds.most_size)
        )
    free = st.text(_TEXT, min_size=least, max_size=most)
    return free.map(lambda text: bounds.start + bounds.inside + text + bounds.end) if known else free


def _datetimes(zone: Any, *, coarse: bool) -> st.SearchStrategy[datetime]:
    made = st.datetimes().map(lambda moment: moment.replace(tzinfo=zone))
    if not coarse:
        return made
    return made.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


_LOGICAL: Mapping[str, st.SearchStrategy[Any]] = {
    "date": st.dates(),
    "time-millis": st.times().map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)),
    "time-micros": st.times(),
    "timestamp-millis": _datetimes(UTC, coarse=True),
    "timestamp-micros": _datetimes(UTC, coarse=False),
    "local-timestamp-millis": _datetimes(None, coarse=True),
    "local-timestamp-micros": _datetimes(None, coarse=False),
    "timestamp-nanos": _NANOS.map(TimestampNanos),
    "local-timestamp-nanos": _NANOS.map(LocalTimestampNanos),
    "duration": st.builds(Duration, _COUNTS, _COUNTS, _COUNTS),
    "big-decimal": st.decimals(allow_nan=False, allow_infinity=False),
    "uuid": st.uuids(),
}

_FORMATS: Mapping[str, st.SearchStrategy[str]] = {
    "isEmail": st.emails(domains=domains(max_length=100)).filter(is_email),
    "isHostname": domains(),
    "isIpv4": st.ip_addresses(v=4).map(str),
    "isIpv6": st.ip_addresses(v=6).map(str),
    "isUri": urls(),
    "isUriRef": urls() | st.sampled_from(["", "/", "../a", "#top", "?q=1"]),
    "isUuid": st.uuids().map(str),
}
