"""Walk two schemas side by side, once, and ask each rule about the pairs that it wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from tallystick.compat.pair import Change, Pair, Step
from tallystick.compat.readable import Readability
from tallystick.compat.steps import children
from tallystick.contract.model import AnySchema, Contract, Topic
from tallystick.contract.modes import Direction
from tallystick.rulekit.rule import Elsewhere, Kind, Rule
from tallystick.schema.same import Sameness
from tallystick.schema.types import Document, Format, Node, Place, RecordType

if TYPE_CHECKING:
    from tallystick.schema.protobuf_types import ProtoNode

Subject: TypeAlias = Node | Contract
_FILE = "#"  # what Confluent's registry calls a .proto file
_PROTO = ("/messages/", "/enums/", "/services/", "/extensions/")


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that fired. `path` is by field names, `location` is Apache Avro's, by position in the reader.

    `breaks` are consumers, where the rule itself knows which ones.
    """

    rule: Rule
    path: str
    location: str
    values: Mapping[str, Any]
    reader: Place
    writer: Place
    breaks: tuple[str, ...] = ()


class Engine:
    """Runs some rules over pairs of schemas.

    `verdict` are the rules that decide what is readable: all of them, whichever are run. Answers of `can_read` are
    kept for one pair of schemas.
    """

    def __init__(self, rules: Sequence[Rule], verdict: Sequence[Rule]) -> None:
        self._rules = rules
        self._verdict_rules = [rule for rule in verdict if rule.mirrors]

    def compare(
        self,
        reader: AnySchema,
        writer: AnySchema,
        same: Sameness | None = None,
        directions: tuple[Direction, ...] = tuple(Direction),
    ) -> list[Found]:
        """Return what all rules say of a reader (the new one, for change rules) and a writer (the old one).

        Nothing where the two are in different languages: a rule about the contract says that. `same` is what is known
        of their types already, for those who compare the same schemas more than once. Change rules leave to pair
        rules what those find in the `directions` that they look in.
        """
        if reader.format is not writer.format or _are_same_files(reader, writer):
            return []
        start = _FILE if reader.format is Format.PROTOBUF else ""
        comparison = _Comparison(self._rules, self._verdict_rules, same or Sameness(), start, directions)
        return list(comparison.walk(_top(reader), _top(writer), frozenset((reader.document, writer.document))))

    def can_read(self, reader: AnySchema, writer: AnySchema) -> bool:
        """Say whether a registry would let this reader read that writer's messages."""
        return _are_same_files(reader, writer) or Readability(self._verdict_rules, Sameness())(
            _top(reader), _top(writer)
        )

    def compare_things(self, new: Subject, old: Subject) -> list[Found]:
        """Return what change rules say of two things that are in no schema: topics, or contracts."""
        return list(_Comparison(self._rules, (), Sameness()).ask(_At(new, old)))


@dataclass(frozen=True, slots=True)
class _At:
    """Two nodes of a walk, and the way that led there."""

    reader: Any
    writer: Any
    step: Step | None = None
    around: _At | None = None

    def path(self) -> str:
        return "".join(f"/{step.path}" for step in self._steps() if step.path)

    def location(self, start: str) -> str:
        location = start
        for step in self._steps():
            location = step.location if step.location.startswith(_FILE) else _joined(location, step.location)
        return location

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        at: _At | None = self
        while at is not None and at.step is not None:
            steps.append(at.step)
            at = at.around
        return steps[::-1]


class _Comparison:
    """One walk. Each pair is looked at once, at the first path that leads to it; what is the same, not at all."""

    def __init__(
        self,
        rules: Sequence[Rule],
        verdict: Sequence[Rule],
        same: Sameness,
        start: str = "",
        directions: tuple[Direction, ...] = tuple(Direction),
    ) -> None:
        self._rules, self._directions = rules, directions
        self._same = same
        self._can_read = Readability(verdict, same)
        self._start = start
        self._options = {
            # Only a change can be one of comments alone; to read them all takes long.
            "with_docs": any(rule.kind is Kind.CHANGE for rule in rules),
            # A registry gives its verdict and no more.
            "explains": not all(rule.mirrors for rule in rules),
        }
        self._wanted: dict[tuple[type, type], list[Rule]] = {}

    def walk(self, reader: Node, writer: Node, own: frozenset[Document]) -> Iterator[Found]:
        """Yield what the rules say of two nodes of two files and of all below them, in the reader's order."""
        seen: set[tuple[Node, Node]] = set()
        waiting = [] if self._same(reader, writer) else [_At(reader, writer)]
        while waiting:
            at = waiting.pop()
            if (at.reader, at.writer) in seen:
                continue
            seen.add((at.reader, at.writer))
            yield from self.ask(at, own)
            steps = children(at.reader, at.writer, self._can_read, self._same, own, **self._options)
            below = [_At(s.reader, s.writer, s, at) for s in steps if not self._same(s.reader, s.writer)]
            waiting += reversed(below)

    def ask(self, at: _At, own: frozenset[Document] = frozenset()) -> Iterator[Found]:
        """Yield what the rules say of two nodes."""
        reader, writer = at.reader, at.writer
        pair, change = Pair(reader, writer, self._can_read, own), Change(writer, reader, self._directions)
        for rule in self._rules_for(type(reader), type(writer)):
            for below, values in rule.check(pair if rule.kind is Kind.PAIR else change):
                if isinstance(below, Elsewhere):
                    yield Found(rule, below.path, below.path, values, below.now, below.was, below.breaks)
                    continue
                place, position = _descend(reader, below)
                was_place, was_position = _descend(writer, _counterpart(reader, writer, below))
                path = at.path()
                yield Found(
                    rule=rule,
                    path=_joined(path, below) or "/",
                    location=_joined(at.location(self._start), was_position if position is None else position) or "/",
                    values={"where": _where(path), **values},
                    reader=place,
                    writer=was_place,
                )

    def _rules_for(self, reader: type, writer: type) -> Sequence[Rule]:
        key = (reader, writer)
        if key not in self._wanted:
            self._wanted[key] = [r for r in self._rules if issubclass(reader, r.on) and issubclass(writer, r.on)]
        return self._wanted[key]


def _counterpart(reader: Subject, writer: Subject, below: str) -> str:
    """Return what the writer has at the place that a rule named below the reader."""
    # Rules also look at contracts, topics and keys, which are in no language.
    if isinstance(reader, Contract) or reader.language is not Format.PROTOBUF or not below:
        return below
    from tallystick.compat import proto_places  # noqa: PLC0415  # only who has .proto files pays for it

    return proto_places.counterpart(cast("ProtoNode", reader), cast("ProtoNode", writer), below)


def _top(schema: AnySchema) -> Node:
    """Return the node that a comparison begins with: Avro's schema is one type, Protobuf's a file."""
    return schema.file if schema.format is Format.PROTOBUF else schema.root


def _are_same_files(one: AnySchema, other: AnySchema) -> bool:
    """Say whether two .proto files, and all that they import, are the same text: then nothing changed."""
    if one.format is not Format.PROTOBUF or other.format is not Format.PROTOBUF:
        return False
    if one.document.text != other.document.text:
        return False
    ours, theirs = ({f.name: f.described.text for f in schema.file.closure()} for schema in (one, other))
    return ours == theirs


def _joined(path: str, below: str | None) -> str:
    # The file itself is `#/` to Confluent's registry.
    return f"{path}/{below}" if below or path == _FILE else path


def _where(path: str) -> str:
    """Return a path as people write it: `/fields/lines/type/items/fields/sku/type` is `'lines[].sku'`."""
    if path.startswith(_PROTO):
        named = re.sub(r"(/fields/[^/]+)/type(?=/|$)", r"\1", path)
        return f"'{'.'.join(named.split('/')[2::2])}'"
    named = re.sub(r"/fields/([^/]+)", r".\1", re.sub(r"/(?:type|[0-9]+)(?=/|$)", "", path))
    named = named.replace("/items", "[]").replace("/values", "{}").removeprefix(".")
    return f"'{named}'" if named else "the message"


def _descend(node: Subject, below: str) -> tuple[Place, str | None]:
    """Return the place of what a rule named below a node, or of the node where it has no such thing; and its location."""
    if not isinstance(node, Contract) and node.language is Format.PROTOBUF:
        from tallystick.compat import proto_places  # noqa: PLC0415  # only who has .proto files pays for it

        return proto_places.descend(cast("ProtoNode", node), below)
    if isinstance(node, Contract):
        return node.place(f"/{below}" if below else ""), below
    if isinstance(node, Topic):
        return node.place_of(below), below
    place = node.place
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
