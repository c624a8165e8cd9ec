"""Values for tests, for each type of a generated package: what `<package>.testing` is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tallystick.errors import NoValueFound, RuleBroken, Unavailable, UsageError
from tallystick.expressions.bounds import FREE, Bounds, Path, bounds_of
from tallystick.runtime.rules import Check, check_of
from tallystick.runtime.typed_topic import TypedKey, TypedTopic
from tallystick.schema.types import Type
from tallystick.testing.build import Builder, Choices
from tallystick.values.logical import Classes

if TYPE_CHECKING:
    from hypothesis import strategies as st

T = TypeVar("T")
TRIES = 1000
_NONE = object()
_INSTALL = "pip install 'tallystick[testing]'"


@dataclass(frozen=True)
class _Made:
    """How values of one type are made, and checked."""

    name: str
    kind: Type
    classes: Classes
    bounds: Mapping[Path, Bounds]
    check: Check | None

    def build(self, choices: Choices) -> Any:
        """Return a value, which may break a rule."""
        return Builder(choices, self.classes, self.bounds).value(self.kind)

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
            if part is what:
                return _of(part, part.schema.root)
            for name, cls in part.classes.items():
                if cls is what:
                    return _of(part, cast("Type", part.schema.named[name]))
        if hasattr(getattr(what, "value", what), "DESCRIPTOR"):
            raise UsageError(
                f"{what!r} is Protobuf's, and values are made for types of Avro alone",
                fix="write the value in your test",
            )
        known = ", ".join(topic.contract for topic in self._topics)
        raise UsageError(f"{what!r} is no type of these contracts: {known}", fix="give a class, or a typed topic")


def _of(part: TypedKey, kind: Type) -> _Made:
    rules = part.rules if isinstance(part, TypedTopic) and kind is part.schema.root else ()
    bounds: dict[Path, Bounds] = {}
    for rule in rules:
        if ";" not in rule.expr:  # what stands before one says that the rule is not about all messages
            for path, asked in bounds_of(rule.expr).items():
                bounds[path] = bounds.get(path, FREE) & asked
    check = check_of(rules, part.message_type, part.type_name) if rules else None
    return _Made(part.type_name, kind, part.classes, bounds, check)
