"""Walk two schemas side by side, once, and ask each rule about the pairs that it wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tallystick.compat.pair import Change, Pair, matching_branch
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Kind, Rule
from tallystick.schema.same import Remembered, Sameness
from tallystick.schema.types import ArrayType, MapType, Node, Place, RecordType, Schema, Type, UnionType

Subject: TypeAlias = Node | Contract
_Key: TypeAlias = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that fired. `path` is by field names, `location` is Apache Avro's, by position in the reader."""

    rule: Rule
    path: str
    location: str
    values: Mapping[str, Any]
    reader: Place
    writer: Place


class Engine:
    """Runs some rules over pairs of schemas.

    `verdict` are the rules that decide what is readable: all of them, whichever are run. Answers of `can_read` are
    kept for one pair of schemas.
    """

    def __init__(self, rules: Sequence[Rule], verdict: Sequence[Rule]) -> None:
        self._rules = rules
        self._verdict_rules = [rule for rule in verdict if rule.mirrors]

    def compare(self, reader: Schema, writer: Schema) -> list[Found]:
        """Return what all rules say of a reader (the new one, for change rules) and a writer (the old one)."""
        return list(_Comparison(self._rules, _Answers(self._verdict_rules)).walk(reader.root, writer.root))

    def can_read(self, reader: Schema, writer: Schema) -> bool:
        """Say whether a registry would let this reader read that writer's messages."""
        return _Answers(self._verdict_rules).can_read(reader.root, writer.root)

    def compare_things(self, new: Subject, old: Subject) -> list[Found]:
        """Return what change rules say of two things that are in no schema: topics, or contracts."""
        return list(_Comparison(self._rules, _Answers(())).ask(new, old, "", ""))


class _Answers:
    """What is known about the types of two schemas: whether one reads the other, and whether they are the same."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self.same = Sameness()
        self.can_read = Remembered(self._can_read)

    def _can_read(self, reader: Type, writer: Type) -> bool:
        return next(_Comparison(self._rules, self).walk(reader, writer), None) is None


class _Comparison:
    """One walk. Each pair is looked at once, at the first path that leads to it; what is the same, not at all."""

    def __init__(self, rules: Sequence[Rule], answers: _Answers) -> None:
        self._rules = rules
        self._answers = answers
        self._seen: set[_Key] = set()
        self._wanted: dict[tuple[type, type], list[Rule]] = {}

    def walk(self, reader: Type, writer: Type, path: str = "", location: str = "") -> Iterator[Found]:
        if self._answers.same(reader, writer) or (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        yield from self.ask(reader, writer, path, location)
        yield from self._children(reader, writer, path, location)

    def ask(self, reader: Subject, writer: Subject, path: str, location: str) -> Iterator[Found]:
        subject: Pair[Any] | Change[Any]
        for rule in self._rules_for(type(reader), type(writer)):
            if rule.kind is Kind.PAIR:
                subject = Pair(reader, writer, self._answers.can_read)
            else:
                subject = Change(old=writer, new=reader)
            for below, values in rule.check(subject):
                place, by_position = _descend(reader, below)
                yield Found(
                    rule=rule,
                    path=_joined(path, below),
                    location=_joined(location, by_position),
                    values={"where": _where(path), **values},
                    reader=place,
                    writer=_descend(writer, below)[0],
                )

    def _rules_for(self, reader: type, writer: type) -> Sequence[Rule]:
        key = (reader, writer)
        if key not in self._wanted:
            self._wanted[key] = [r for r in self._rules if issubclass(reader, r.on) and issubclass(writer, r.on)]
        return self._wanted[key]

    def _children(self, reader: Type, writer: Type, path: str, location: str) -> Iterator[Found]:
        match reader, writer:
            case RecordType(), RecordType():
                for index, field in enumerate(reader.fields):
                    other = writer.find(field)
                    if other is not None and not self._answers.same(field.type, other.type):
                        steps = f"{path}/fields/{field.name}/type", f"{location}/fields/{index}/type"
                        yield from self.walk(field.type, other.type, *steps)
            case ArrayType(), ArrayType():
                yield from self.walk(reader.items, writer.items, f"{path}/items", f"{location}/items")
            case MapType(), MapType():
                yield from self.walk(reader.values, writer.values, f"{path}/values", f"{location}/values")
            case UnionType(), UnionType():
                for index, branch in enumerate(writer.branches):
                    yield from self._branch(reader, branch, f"{path}/{index}", f"{location}/{index}")
            case UnionType(), _:
                yield from self._branch(reader, writer, path, location)
            case _, UnionType():
                for branch in writer.branches:
                    yield from self.walk(reader, branch, path, location)
            case _:
                return

    def _branch(self, union: UnionType, writer: Type, path: str, location: str) -> Iterator[Found]:
        """Go on below the branch that reads the writer's type. That there is one is a rule's business."""
        branch = matching_branch(union, writer, self._answers.can_read)
        if branch is not None:
            yield from self.walk(branch, writer, path, location)


def _joined(path: str, below: str) -> str:
    return f"{path}/{below}" if below else path or "/"


def _where(path: str) -> str:
    """Return a path as people write it: `/fields/lines/type/items/fields/sku/type` is `'lines[].sku'`."""
    named = re.sub(r"/fields/([^/]+)", r".\1", re.sub(r"/(?:type|[0-9]+)(?=/|$)", "", path))
    named = named.replace("/items", "[]").replace("/values", "{}").removeprefix(".")
    return f"'{named}'" if named else "the message"


def _descend(node: Subject, below: str) -> tuple[Place, str]:
    """Return the place of what a rule named below a node, or of the node where it has no such thing; and its location."""
    place = node.place() if isinstance(node, Contract) else node.place
    head, _, rest = below.partition("/")
    name, _, tail = rest.partition("/")
    if isinstance(node, RecordType) and head == "fields" and name:
        field = node.by_name.get(name)
        if field is None:
            return place, below
        pointer = f"{field.place.pointer}/{tail}" if tail else field.place.pointer
        by_position = f"fields/{node.fields.index(field)}" + (f"/{tail}" if tail else "")
        return Place(place.document, pointer), by_position
    return Place(place.document, f"{place.pointer}/{below}" if below else place.pointer), below
