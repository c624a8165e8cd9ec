"""Walk two schemas side by side, once, and ask each rule about the pairs that it wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tallystick.compat import proto_places, proto_steps
from tallystick.compat.pair import Change, Pair, matching_branch
from tallystick.contract.model import AnySchema, Contract
from tallystick.rulekit.rule import Kind, Rule
from tallystick.schema.protobuf_types import ProtoNode, ProtoSchema
from tallystick.schema.same import Remembered, Sameness
from tallystick.schema.types import ArrayType, MapType, Node, Place, RecordType, Type, UnionType

Subject: TypeAlias = Node | Contract
_Key: TypeAlias = tuple[Node, Node]
_FILE = "#"  # what Confluent's registry calls a .proto file
_PROTO = ("/messages/", "/enums/", "/services/", "/extensions/")


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

    def compare(self, reader: AnySchema, writer: AnySchema) -> list[Found]:
        """Return what all rules say of a reader (the new one, for change rules) and a writer (the old one).

        Nothing where the two are in different languages: a rule about the contract says that.
        """
        if reader.format is not writer.format or _are_same_files(reader, writer):
            return []
        start = _FILE if isinstance(reader, ProtoSchema) else ""
        comparison = _Comparison(self._rules, _Answers(self._verdict_rules))
        return list(comparison.walk(_top(reader), _top(writer), location=start))

    def can_read(self, reader: AnySchema, writer: AnySchema) -> bool:
        """Say whether a registry would let this reader read that writer's messages."""
        return _are_same_files(reader, writer) or _Answers(self._verdict_rules).can_read(_top(reader), _top(writer))

    def compare_things(self, new: Subject, old: Subject) -> list[Found]:
        """Return what change rules say of two things that are in no schema: topics, or contracts."""
        return list(_Comparison(self._rules, _Answers(())).ask(new, old, "", ""))


class _Answers:
    """What is known about the types of two schemas: whether one reads the other, and whether they are the same."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self.same = Sameness()
        self.can_read = Remembered(self._can_read)

    def _can_read(self, reader: Any, writer: Any) -> bool:
        return next(_Comparison(self._rules, self).walk(reader, writer), None) is None


class _Comparison:
    """One walk. Each pair is looked at once, at the first path that leads to it; what is the same, not at all."""

    def __init__(self, rules: Sequence[Rule], answers: _Answers) -> None:
        self._rules = rules
        self._answers = answers
        self._seen: set[_Key] = set()
        self._wanted: dict[tuple[type, type], list[Rule]] = {}

    def walk(self, reader: Any, writer: Any, path: str = "", location: str = "") -> Iterator[Found]:
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
                was_place, was_position = _descend(writer, below)
                yield Found(
                    rule=rule,
                    path=_joined(path, below),
                    location=_joined(location, was_position if by_position is None else by_position),
                    values={"where": _where(path), **values},
                    reader=place,
                    writer=was_place,
                )

    def _rules_for(self, reader: type, writer: type) -> Sequence[Rule]:
        key = (reader, writer)
        if key not in self._wanted:
            self._wanted[key] = [r for r in self._rules if issubclass(reader, r.on) and issubclass(writer, r.on)]
        return self._wanted[key]

    def _children(self, reader: Any, writer: Any, path: str, location: str) -> Iterator[Found]:
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
            case ProtoNode(), ProtoNode():
                yield from self._parts(reader, writer, path, location)
            case _:
                return

    def _parts(self, reader: ProtoNode, writer: ProtoNode, path: str, location: str) -> Iterator[Found]:
        for step in proto_steps.children(reader, writer):
            below = step.location if step.location.startswith("#") else f"{location}/{step.location}"
            yield from self.walk(step.reader, step.writer, f"{path}/{step.path}", below)

    def _branch(self, union: UnionType, writer: Type, path: str, location: str) -> Iterator[Found]:
        """Go on below the branch that reads the writer's type. That there is one is a rule's business."""
        branch = matching_branch(union, writer, self._answers.can_read)
        if branch is not None:
            yield from self.walk(branch, writer, path, location)


def _top(schema: AnySchema) -> Node:
    """Return the node that a comparison begins with: Avro's schema is one type, Protobuf's a file."""
    return schema.file if isinstance(schema, ProtoSchema) else schema.root


def _are_same_files(one: AnySchema, other: AnySchema) -> bool:
    """Say whether two .proto files, and all that they import, are the same text: then nothing changed."""
    if not isinstance(one, ProtoSchema) or not isinstance(other, ProtoSchema):
        return False
    if one.document.text != other.document.text:
        return False
    ours, theirs = ({f.name: f.described.text for f in schema.file.closure()} for schema in (one, other))
    return ours == theirs


def _joined(path: str, below: str | None) -> str:
    return f"{path}/{below}" if below else f"{path}/" if path == _FILE else path or "/"


def _where(path: str) -> str:
    """Return a path as people write it: `/fields/lines/type/items/fields/sku/type` is `'lines[].sku'`."""
    if path.startswith(_PROTO):
        return f"'{'.'.join(path.split('/')[2::2])}'"
    named = re.sub(r"/fields/([^/]+)", r".\1", re.sub(r"/(?:type|[0-9]+)(?=/|$)", "", path))
    named = named.replace("/items", "[]").replace("/values", "{}").removeprefix(".")
    return f"'{named}'" if named else "the message"


def _descend(node: Subject, below: str) -> tuple[Place, str | None]:
    """Return the place of what a rule named below a node, or of the node where it has no such thing; and its location."""
    if isinstance(node, ProtoNode):
        return proto_places.descend(node, below)
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
