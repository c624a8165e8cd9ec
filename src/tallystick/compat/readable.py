"""Say whether a registry would let a reader's type read a writer's: the rules that decide it, all the way down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tallystick.compat.pair import Pair, candidates
from tallystick.compat.steps import children
from tallystick.rulekit.rule import Rule
from tallystick.schema.fixpoint import Answer, AnyOf, Fixpoint
from tallystick.schema.same import Sameness
from tallystick.schema.types import UnionType


class Readability:
    """Answers for the types of two schemas, once each.

    A type that holds itself is readable if nothing else is in the way, as to Apache Avro's SchemaCompatibility.
    """

    def __init__(self, rules: Sequence[Rule], same: Sameness) -> None:
        self._rules = rules
        self._same = same
        self._wanted: dict[tuple[type, type], list[Rule]] = {}
        self._answers: Fixpoint[tuple[Any, Any]] = Fixpoint(self._rests_on)

    def __call__(self, reader: Any, writer: Any) -> bool:
        """Return the answer."""
        return self._answers((reader, writer))

    def _rests_on(self, pair: tuple[Any, Any]) -> Answer[tuple[Any, Any]]:
        reader, writer = pair
        if self._same(reader, writer):
            return True
        if isinstance(writer, UnionType):
            return [(reader, branch) for branch in writer.branches]
        if isinstance(reader, UnionType):
            return AnyOf([(branch, writer) for branch in candidates(reader, writer)])
        for rule in self._rules_for(type(reader), type(writer)):
            if next(iter(rule.check(Pair(reader, writer, _yes))), None) is not None:
                return False
        return [(step.reader, step.writer) for step in children(reader, writer, _yes, self._same, with_docs=False)]

    def _rules_for(self, reader: type, writer: type) -> Sequence[Rule]:
        key = (reader, writer)
        if key not in self._wanted:
            self._wanted[key] = [r for r in self._rules if issubclass(reader, r.on) and issubclass(writer, r.on)]
        return self._wanted[key]


def _yes(_reader: Any, _writer: Any) -> bool:
    """Answer for what a question rests on: that is asked about by itself, and not by a rule."""
    return True
