"""Values for tests, for each type of a generated package: what `<package>.testing` is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tallystick.errors import NoValueFound, RuleBroken, Unavailable, UsageError
from tallystick.expressions.bounds import FREE, Bounds, Path, bounds_of
from tallystick.runtime.rules import Check, check_of
from tallystick.runtime.typed_topic import TypedKey, TypedTopic
from tallystick.schema.types import Format
from tallystick.testing.build import Builder, Choices

if TYPE_CHECKING:
    from hypothesis import strategies as st

    from tallystick.schema.protobuf_types import ProtoSchema

T = TypeVar("T")
TRIES = 1000
_NONE = object()
_INSTALL = "pip install 'tallystick[testing]'"


@dataclass(frozen=True)
class _Made:
    """How values of one type are made, and checked. `build` returns a value, which may break a rule."""

    name: str
    build: Callable[[Choices], Any]
    check: Check | None

    def keeps_rules(self, value: Any) -> bool:
        """Say whether a value keeps the rules."""
        try:
            if self.check is not None:
                self.check(value)
        except RuleBroken:
            return False
        return True


class Catalog:
    """The types of some topics, their keys included."""

    def __init__(self, *topics: TypedTopic[Any]) -> None:
        self._topics = topics
        self._made: dict[Any, _Made] = {}

    def valid(self, what: type[T] | TypedTopic[T]) -> st.SearchStrategy[T]:
        """Return a Hypothesis strategy for a type, or for the messages of a topic: any value that is valid.

        Values of a topic's own type keep the contract's rules.

        Raises:
            UsageError: no contract has this type.
            Unavailable: Hypothesis is not installed.
        """
        try:
            from hypothesis import strategies as st  # noqa: PLC0415  # for tests alone

            from tallystick.testing.strategies import drawn  # noqa: PLC0415  # as above
        except ImportError as error:
            raise Unavailable(f"strategies need {error.name}, which is not installed", fix=_INSTALL) from None
        made = self._for(what)

        @st.composite
        def value(draw: st.DrawFn) -> Any:
            return made.build(drawn(draw))

        return value() if made.check is None else value().filter(made.keeps_rules)

    def fake(self, what: type[T] | TypedTopic[T], *, seed: int = 0) -> T:
        """Return a plausible value of a type, or of a topic's messages. The same seed gives the same value.

        Raises:
            UsageError: no contract has this type.
            NoValueFound: all values that were tried break a rule.
            Unavailable: Faker is not installed.
        """
        return next(self.fakes(what, seed=seed))

    def fakes(self, what: type[T] | TypedTopic[T], *, seed: int = 0) -> Iterator[T]:
        """Yield plausible values for ever, as `fake` makes them."""
        try:
            from tallystick.testing.fake import rolled  # noqa: PLC0415  # for tests alone
        except ImportError as error:
            raise Unavailable(f"fake values need {error.name}, which is not installed", fix=_INSTALL) from None
        made, choices = self._for(what), rolled(seed)
        while True:
            tried = (made.build(choices) for _ in range(TRIES))
            value: Any = next((value for value in tried if made.keeps_rules(value)), _NONE)
            if value is _NONE:
                raise NoValueFound(made.name, TRIES)
            yield value

    def _for(self, what: Any) -> _Made:
        if what not in self._made:
            self._made[what] = self._find(what)
        return self._made[what]

    def _find(self, what: Any) -> _Made:
        for part in (part for topic in self._topics for part in (topic, topic.key) if part is not None):
            kind = part.schema.root if part is what else _kind_of(part, what)
            if kind is not None:
                return _of(part, kind)
        described: Any = getattr(what, "DESCRIPTOR", None)
        if hasattr(described, "values_by_number"):
            raise UsageError(f"{described.name} is an enum of Protobuf", fix="choose one of its values()")
        known = ", ".join(topic.contract for topic in self._topics)
        name = f"the topic of {what.contract}" if isinstance(what, TypedTopic) else repr(what)
        raise UsageError(f"{name} is no type of these contracts: {known}", fix="give a class, or a typed topic")


def _kind_of(part: TypedKey, cls: Any) -> Any:
    """Return the type that a class stands for; None if this part has no such class."""
    if part.schema.root.language is Format.AVRO:
        return next((part.schema.named[name] for name, known in part.classes.items() if known is cls), None)
    described: Any = getattr(cls, "DESCRIPTOR", None)
    if not hasattr(described, "fields_by_number") or described.file.pool is not _pool_of(part):
        return None
    types = (kind for file in cast("ProtoSchema", part.schema).file.closure() for kind in file.types())
    return next((kind for kind in types if kind.name == described.full_name), None)


def _pool_of(part: TypedKey) -> Any:
    (root,) = part.classes.values()
    return root.DESCRIPTOR.file.pool


def _builder(part: TypedKey, kind: Any, bounds: Mapping[Path, Bounds]) -> Callable[[Choices], Any]:
    if kind.language is Format.AVRO:
        return lambda choices: Builder(choices, part.classes, bounds).value(kind)
    from tallystick.testing.build_proto import ProtoBuilder  # noqa: PLC0415  # only who has .proto files pays for it

    return lambda choices: ProtoBuilder(choices, _pool_of(part), bounds).value(kind)


def _of(part: TypedKey, kind: Any) -> _Made:
    rules = part.rules if isinstance(part, TypedTopic) and kind is part.schema.root else ()
    bounds: dict[Path, Bounds] = {}
    for rule in rules:
        for path, asked in bounds_of(rule.expr).items():
            bounds[path] = bounds.get(path, FREE) & asked
    check = check_of(rules, part.message_type, part.type_name) if rules else None
    return _Made(part.type_name, _builder(part, kind, bounds), check)
