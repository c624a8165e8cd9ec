"""Compile a decoder for a writer's schema and a reader's: one generator for the plain and the resolving case."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, TypeAlias

from tallystick.errors import DecodeError, EncodeError
from tallystick.schema.types import ArrayType, EnumType, Field, FixedType, MapType, RecordType, Schema, Type, UnionType
from tallystick.values.avro_json import Tagged, default_value, is_tagged, root_name
from tallystick.values.logical import PLAIN, Classes, Leaf, logical_of, rescaled
from tallystick.values.types import attributes
from tallystick.wire.avro.locate import Note, Step, explain
from tallystick.wire.avro.resolve import Resolution
from tallystick.wire.avro.runtime import Symbols
from tallystick.wire.avro.source import Source, least_bytes

Decoder: TypeAlias = Callable[[bytes, int], Any]
_DEEPEST = 5  # Python allows 20 nested blocks; an array takes two
_ONE_BYTE = 64  # numbers below this take one byte
_FIRST_BYTE = ("n = data[at]", "at += 1")


def compile_decoder(
    writer: Schema, reader: Schema | None = None, classes: Classes = PLAIN, *, tags: bool = False
) -> Decoder:
    """Return a function from bytes, and where in them to begin, to a value as the reader's schema has it.

    The function raises DecodeError for bytes that are not what the writer's schema says, and has its source as
    `__source__`. With `tags`, values of unions of several types are `Tagged` with their branch of the reader's union.

    Raises:
        DecodeError: the reader's schema can't read the writer's.
    """
    return _Decoder(writer.root, (reader or writer).root, classes, tags=tags).compile()


class _Decoder:
    def __init__(self, writer: Type, reader: Type, classes: Classes, *, tags: bool) -> None:
        self._writer, self._reader, self._classes, self._tags = writer, reader, classes, tags
        self._resolution = Resolution(writer, reader)
        self._source = Source(f"decoder of {root_name(writer) or writer.kind}")
        self._source.names["explain"] = partial(explain, self._source, root_name(writer))
        self._functions: dict[tuple[Type, Type | None], str] = {}
        self._waiting: deque[tuple[Type, Type | None]] = deque()
        self._uses = _uses(writer)
        self._path: tuple[Step, ...] = ()
        self._depth = 0

    def compile(self) -> Decoder:
        with self._source.block("def decode(data, start):"):
            with self._source.block("try:"):
                self._path = (root_name(self._writer),)
                self._add("at = start")
                self._read(self._writer, self._reader, "value")
                self._add("if at != len(data): unfinished(data, at)")
                self._add("return value")
            with self._source.block("except Exception as error:"):
                self._source.add("raise explain(error, data, start) from None")
        while self._waiting:
            pair = self._waiting.popleft()
            self._path = ()
            with self._source.block(f"def {self._functions[pair]}(data, at):"):
                self._inline(*pair, "value")
                self._add("return value, at")
        decode: Decoder = self._source.function("decode")
        return decode

    def _add(self, *lines: str, label: str = "") -> None:
        self._source.add(*lines, note=Note(self._path, label))

    @contextmanager
    def _below(self, step: Step) -> Iterator[None]:
        before, self._path, self._depth = self._path, (*self._path, step), self._depth + 1
        yield
        self._path, self._depth = before, self._depth - 1

    def _block(self, line: str) -> AbstractContextManager[None]:
        return self._source.block(line, Note(self._path, ""))

    def _read(self, writer: Type, reader: Type | None, target: str) -> None:
        """Add the lines that read a value into `target`, or skip it where there is no reader."""
        deep = self._depth >= _DEEPEST and not isinstance(writer, Leaf | EnumType)
        if not deep and not (isinstance(writer, RecordType) and self._uses[writer] > 1):
            self._inline(writer, reader, target)
            return
        pair = (writer, reader)
        if pair not in self._functions:
            self._functions[pair] = self._source.fresh(
                f"{'read' if reader else 'skip'}_{root_name(writer) or writer.kind}"
            )
            self._waiting.append(pair)
        self._add(f"{target}, at = {self._functions[pair]}(data, at)")

    def _inline(self, writer: Type, reader: Type | None, target: str) -> None:
        if isinstance(writer, UnionType):
            self._union(writer, reader, target)
            return
        if isinstance(reader, UnionType):
            branch = self._resolution.branch(writer, reader)
            self._inline(writer, branch, target)
            if branch is not None and branch.kind != "null" and self._tags and is_tagged(reader):
                self._add(f"{target} = {self._source.constant('tagged', partial(Tagged, branch))}({target})")
            return
        match writer:
            case RecordType():
                self._record(writer, reader if isinstance(reader, RecordType) else None, target)
            case EnumType():
                self._symbol(writer, reader if isinstance(reader, EnumType) else None, target)
            case ArrayType():
                self._array(writer, reader if isinstance(reader, ArrayType) else None, target)
            case MapType():
                self._map(writer, reader if isinstance(reader, MapType) else None, target)
            case _:
                self._leaf(writer, reader, target)

    def _union(self, writer: UnionType, reader: Type | None, target: str) -> None:
        self._first_byte(2 * len(writer.branches))
        for number, branch in enumerate(writer.branches):
            with self._block(f"{'el' if number else ''}if n == {2 * number}:"), self._below(""):
                found = self._resolution.mismatch(branch, reader) if reader else None
                if found is None:
                    self._read(branch, reader, target)
                else:
                    self._add(f"raise Problem({found.text!r})")
        with self._block("else:" if writer.branches else "if True:"):
            problem = f"expected one of {len(writer.branches)} union branches, got number "
            self._add(f"raise Problem({problem!r} + str((n >> 1) ^ -(n & 1)))")

    def _first_byte(self, beyond: int) -> None:
        self._add(*_FIRST_BYTE)
        if beyond > 2 * _ONE_BYTE:
            self._add("if n > 127: n, at = unsigned(data, at, n)")

    def _record(self, writer: RecordType, reader: RecordType | None, target: str) -> None:
        if reader is None:
            for field in writer.fields:
                with self._below(f".{field.name}"):
                    self._read(field.type, None, "_")
            self._add(f"{target} = None")
            return
        cls = self._classes.get(reader.name)
        holder = self._source.fresh("record")
        if cls is not None:
            self._add(f"{holder} = new({self._source.constant(cls.__name__, cls)})")
        names = {} if cls is None else attributes(cls)
        targets = {
            f: self._source.fresh(f.name) if cls is None else f"{holder}.{names.get(f.name, f.name)}"
            for f in reader.fields
        }
        self._fields(writer, reader, targets)
        if cls is None:
            items = ", ".join(f"{field.name!r}: {name}" for field, name in targets.items())
            self._add(f"{target} = {{{items}}}")
            return
        self._add(f"{target} = {holder}")

    def _fields(self, writer: RecordType, reader: RecordType, targets: dict[Field, str]) -> None:
        sources = {field: writer.find(field) for field in reader.fields}
        for field in writer.fields:
            wanted = [mine for mine, theirs in sources.items() if theirs is field]
            with self._below(f".{field.name}"):
                again = self._source.fresh("again")
                for number, mine in enumerate(wanted):
                    if len(wanted) > 1:  # one writer's field may feed several of the reader's, by name and by alias
                        self._add(f"at = {again}" if number else f"{again} = at")
                    self._read(field.type, mine.type, targets[mine])
                if not wanted:
                    self._read(field.type, None, "_")
        for mine, theirs in sources.items():
            if theirs is None:
                self._add(f"{targets[mine]} = {self._default(mine)}")

    def _default(self, field: Field) -> str:
        try:
            value = default_value(field, self._classes, tags=self._tags)
        except EncodeError as error:
            raise DecodeError(root_name(self._reader), f"the default of {error}") from None
        if value in ([], {}):
            return repr(value)
        name = self._source.constant(f"DEFAULT_{field.name}", value)
        changes = isinstance(value, list | dict) or hasattr(value, "__dataclass_fields__")
        return f"fresh_copy({name})" if changes else name

    def _symbol(self, writer: EnumType, reader: EnumType | None, target: str) -> None:
        self._first_byte(2 * len(writer.symbols))
        if reader is None:
            return
        known = {symbol: symbol if symbol in reader.symbols else reader.default for symbol in writer.symbols}
        make = self._classes.get(reader.name, str)
        values = {2 * n: make(known[s]) for n, s in enumerate(writer.symbols) if known[s] is not None}
        problems = {
            2 * n: f"the reader's '{reader.name}' has no symbol '{s}' and no default"
            for n, s in enumerate(writer.symbols)
            if known[s] is None
        }
        symbols = Symbols(values, problems, f"expected one of {len(known)} symbols")
        self._add(f"{target} = {self._source.constant('SYMBOLS', symbols)}[n]")

    def _array(self, writer: ArrayType, reader: ArrayType | None, target: str) -> None:
        items = self._source.fresh("items")
        self._add(f"{items} = []")
        with self._blocks(least_bytes(writer.items), skip=reader is None):
            with self._below(("index", items) if reader else "[]"):
                self._read(writer.items, reader and reader.items, "item")
            if reader:
                self._add(f"{items}.append(item)")
        self._add(f"{target} = {items}")

    def _map(self, writer: MapType, reader: MapType | None, target: str) -> None:
        items, key = self._source.fresh("items"), self._source.fresh("key")
        self._add(f"{items} = {{}}")
        with self._blocks(1 + least_bytes(writer.values), skip=reader is None):
            with self._below("[]"):
                self._text(f"{key} = data[at:end].decode()" if reader else "")
            with self._below(("key", key) if reader else "[]"):
                self._read(writer.values, reader and reader.values, "item")
            if reader:
                self._add(f"{items}[{key}] = item")
        self._add(f"{target} = {items}")

    @contextmanager
    def _blocks(self, least: int, *, skip: bool) -> Iterator[None]:
        """Add the loops over blocks and their items; what is added meanwhile reads one item."""
        self._add(*_FIRST_BYTE)
        with self._block("while n:"):
            if skip:
                self._add(f"n, at, end = count(data, at, n, {least})")
                self._add("if end is not None: n, at = 0, end")
            else:
                self._add(f"if n & 129: n, at, _ = count(data, at, n, {least})")
                self._add("else: n >>= 1")
            with self._block("for _ in range(n):"):
                yield
            self._add(*_FIRST_BYTE)

    def _leaf(self, writer: Leaf, reader: Type | None, target: str) -> None:
        convert, label = self._conversion(writer, reader) if reader else ("", "")
        match writer.kind:
            case "null":
                self._add(f"{target} = None")
            case "boolean":
                self._add(f"{target} = BOOLEANS[data[at]]", "at += 1")
            case "int" | "long" as kind:
                held = "n" if convert else target
                beyond = f"else: {held}, at = {'integer' if kind == 'int' else 'long'}(data, at, n)"
                self._add(*_FIRST_BYTE, f"if n < 128: {held} = SMALL[n]", beyond)
                if convert:
                    self._add(f"{target} = {convert}(n)", label=label)
            case "float" | "double" as kind:
                self._add(f"{target} = read_{kind}(data, at)[0]", f"at += {4 if kind == 'float' else 8}")
            case "fixed" if isinstance(writer, FixedType):
                self._add(f"end = at + {writer.size}")
                self._add(f"{target} = {convert}(data[at:end])", "at = end", label=label)
            case _:
                text = "data[at:end].decode()" if reader and reader.kind == "string" else "data[at:end]"
                self._text(f"{target} = {convert}({text})" if reader else "", label)

    def _text(self, line: str, label: str = "") -> None:
        """Add the lines that find the bytes from `at` to `end`; `line` takes them."""
        self._add(*_FIRST_BYTE, "if n & 129: at, end = span(data, at, n)", "else: end = at + (n >> 1)")
        self._add(*filter(None, [line]), "at = end", label=label)

    def _conversion(self, writer: Type, reader: Type) -> tuple[str, str]:
        """Return the name of the function from the writer's base value to the reader's value, and what it makes."""
        ours, theirs = logical_of(writer), logical_of(reader)
        # The writer's unit counts: milliseconds read as microseconds would be another time.
        chosen = rescaled(writer, reader) or (ours if ours and theirs and "Decimal" not in theirs.label else theirs)
        if chosen is not None:
            return self._source.constant(chosen.type.__name__, chosen.from_base), chosen.label
        if isinstance(reader, FixedType) and reader.name in self._classes:
            cls = self._classes[reader.name]
            return self._source.constant(cls.__name__, partial(bytes.__new__, cls)), ""
        promoted = writer.kind in ("int", "long") and reader.kind in ("float", "double")
        return ("float" if promoted else ""), ""


def _uses(root: Type) -> Counter[Type]:
    """Count how often each record is mentioned: one that is mentioned once can be read in place."""
    uses: Counter[Type] = Counter()
    waiting = [root]
    while waiting:
        kind = waiting.pop()
        uses[kind] += 1
        match kind:
            case UnionType(branches=branches):
                waiting += branches
            case ArrayType(items=inner) | MapType(values=inner):
                waiting.append(inner)
            case RecordType(fields=fields) if uses[kind] == 1:
                waiting += [field.type for field in fields]
    return uses
