"""Compile an encoder for a schema: each record becomes one function that joins one tuple of bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tallystick.errors import EncodeError
from tallystick.schema.types import ArrayType, EnumType, FixedType, MapType, RecordType, Schema, Type, UnionType
from tallystick.values.avro_json import Tagged, branch_of, root_name, to_json
from tallystick.values.logical import PLAIN, Classes, Leaf, logical_of, python_type
from tallystick.values.types import attributes
from tallystick.wire.avro.runtime import varints
from tallystick.wire.avro.source import Source, least_bytes


def compile_encoder(schema: Schema, classes: Classes = PLAIN, *, prefix: bytes = b"") -> Callable[[Any], bytes]:
    """Return a function from a value to its bytes, after `prefix` (the header of a frame costs nothing extra).

    The function raises EncodeError for a value that does not fit, and has its source as `__source__`.
    """
    return _Encoder(schema.root, classes).compile(prefix)


class _Encoder:
    def __init__(self, root: Type, classes: Classes) -> None:
        self._root, self._classes = root, classes
        self._source = Source(f"encoder of {root_name(root) or root.kind}")
        self._source.names["explain"] = self._explain
        self._constant = self._source.constant
        self._functions: dict[Type, str] = {}
        self._waiting: deque[Type] = deque()

    def compile(self, prefix: bytes) -> Callable[[Any], bytes]:
        with self._source.block("def encode(value):"):
            with self._source.block("try:"):
                self._body(self._root, prefix)
            with self._source.block("except Exception as error:"):
                self._source.add("raise explain(error, value) from None")
        while self._waiting:
            kind = self._waiting.popleft()
            with self._source.block(f"def {self._functions[kind]}(value):"):
                self._body(kind, b"")
        encode: Callable[[Any], bytes] = self._source.function("encode")
        return encode

    def _explain(self, error: Exception, value: Any) -> EncodeError:
        """Walk the value again, slowly, to say where it does not fit."""
        name = root_name(self._root)
        if isinstance(error, RecursionError):
            return EncodeError(name, "nested too deep")
        try:
            to_json(self._root, value, self._classes)
        except EncodeError as found:
            return found
        return EncodeError(name, str(error) or type(error).__name__)

    def _body(self, kind: Type, prefix: bytes) -> None:
        match kind:
            case RecordType():
                self._record(kind, prefix)
            case UnionType():
                self._union(kind, prefix)
            case ArrayType(items=RecordType() as record) if not prefix:
                self._records(record)
            case _:
                self._source.add(f"return {self._joined(self._parts(kind, 'value', prefix))}")

    def _record(self, kind: RecordType, prefix: bytes) -> None:
        with self._source.block(f"if {self._misfits(kind, 'value')}:"):
            self._source.add("misfit()")
        with self._source.block("return join(("):
            if prefix:
                self._source.add(f"{self._constant('PREFIX', prefix)},")
            for parts in self._fields(kind, "value"):
                self._source.add(f"{', '.join(parts)},")
        self._source.add("))")

    def _records(self, record: RecordType) -> None:
        """Add the lines that write many records: one join for all is faster than a call and a join for each."""
        with self._source.block("if type(value) is not list:"):
            self._source.add("misfit()")
        size = "len(value)" if least_bytes(record) else "few(len(value))"
        self._source.add(f"parts = [{self._table('long', b'')}[{size}]] if value else []")
        with self._source.block("for item in value:"):
            with self._source.block(f"if {self._misfits(record, 'item')}:"):
                self._source.add("misfit()")
            with self._source.block("parts += ("):
                for parts in self._fields(record, "item"):
                    self._source.add(f"{', '.join(parts)},")
            self._source.add(")")
        self._source.add("parts.append(END)", "return join(parts)")

    def _misfits(self, kind: RecordType, value: str) -> str:
        cls = self._classes.get(kind.name)
        if cls is not None:
            return f"type({value}) is not {self._constant(cls.__name__, cls)}"
        return f"type({value}) is not dict or len({value}) != {len(kind.fields)}"

    def _fields(self, kind: RecordType, value: str) -> Iterator[list[str]]:
        """Yield the expressions of each field's bytes."""
        cls = self._classes.get(kind.name)
        names = {} if cls is None else attributes(cls)
        for field in kind.fields:
            held = f"{value}[{field.name!r}]" if cls is None else f"{value}.{names.get(field.name, field.name)}"
            yield self._parts(field.type, held)

    def _union(self, kind: UnionType, prefix: bytes) -> None:
        types = [python_type(branch, self._classes) for branch in kind.branches]
        sure = {found: number for number, found in enumerate(types) if types.count(found) == 1}
        by_type = self._constant("BY_TYPE", sure)
        pick = self._constant("pick", partial(_picked, kind, self._classes))
        self._source.add(f"branch = {by_type}.get(type(value), -1)")
        with self._source.block("if branch < 0:"):
            self._source.add(f"branch, value = {pick}(value)")
        for number, branch in enumerate(kind.branches):
            parts = self._parts(branch, "value", prefix + varints("int", b"")[number])
            with self._source.block(f"if branch == {number}:"):
                self._source.add(f"return {self._joined(parts)}")

    def _parts(self, kind: Type, value: str, prefix: bytes = b"") -> list[str]:
        """Return the expressions of a value's bytes, which are evaluated in this order. `value` is evaluated once."""
        match kind:
            case UnionType():
                return self._nullable(kind, value, prefix)
            case RecordType():
                return self._after(prefix, f"{self._function(kind)}({value})")
            case EnumType():
                return [self._symbol(kind, value, prefix)]
            case ArrayType(items=RecordType()):
                return self._after(prefix, f"{self._function(kind)}({value})")
            case ArrayType() | MapType():
                return self._after(prefix, self._items(kind, value))
            case _:
                return self._leaf(kind, value, prefix)

    def _nullable(self, kind: UnionType, value: str, prefix: bytes) -> list[str]:
        kinds = [branch.kind for branch in kind.branches]
        if len(kinds) != 2 or "null" not in kinds:  # noqa: PLR2004  # null and one other
            return self._after(prefix, f"{self._function(kind)}({value})")
        null, some = kinds.index("null"), 1 - kinds.index("null")
        first, again = self._held(value)
        parts = self._parts(kind.branches[some], again, prefix + varints("int", b"")[some])
        nothing = self._constant("NULL", prefix + varints("int", b"")[null])
        rest = [f"EMPTY if {again} is None else {part}" for part in parts[1:]]
        return [f"{nothing} if {first} is None else {parts[0]}", *rest]

    def _symbol(self, kind: EnumType, value: str, prefix: bytes) -> str:
        cls = self._classes.get(kind.name)
        codes = {symbol: prefix + varints("int", b"")[number] for number, symbol in enumerate(kind.symbols)}
        if cls is None:
            return f"{self._constant('SYMBOLS', codes)}[{value}]"
        # By identity: a member is made once, and hashing an enum runs Python code.
        by_member = {id(cls(symbol)): code for symbol, code in codes.items()}
        return f"{self._constant('MEMBERS', by_member)}[id({value})]"

    def _items(self, kind: ArrayType | MapType, value: str) -> str:
        first, again = self._held(value)
        item = self._source.fresh("item")
        if isinstance(kind, MapType):
            key = self._source.fresh("key")
            parts = [*self._text(f"utf8({key})", b""), *self._item(kind.values, item)]
            loop, what, size = f"for {key}, {item} in {again}.items()", "dict", f"len({again})"
        else:
            parts, loop, what = self._item(kind.items, item), f"for {item} in {again}", "list"
            size = f"len({again})" if least_bytes(kind.items) else f"few(len({again}))"
        filled = (
            f"{self._table('long', b'')}[{size}] + join([{' + '.join(f'({part})' for part in parts)} {loop}]) + END"
        )
        return f"(({filled} if {again} else END) if type({first}) is {what} else misfit())"

    def _item(self, kind: Type, item: str) -> list[str]:
        if isinstance(kind, Leaf | EnumType):
            return self._parts(kind, item)
        return [f"{self._function(kind)}({item})"]

    def _leaf(self, kind: Leaf, value: str, prefix: bytes) -> list[str]:
        logical = logical_of(kind)
        base = None if logical is None else f"{self._constant(logical.type.__name__, logical.to_base)}({value})"
        first, again = self._held(value) if base is None else ("", "")
        match kind.kind:
            case "null":
                return [f"{self._constant('NULL', prefix)} if {value} is None else misfit()"]
            case "boolean":
                true, false = self._constant("TRUE", prefix + b"\1"), self._constant("FALSE", prefix + b"\0")
                return [f"{true} if {first} is True else {false} if {again} is False else misfit()"]
            case "int" | "long" as name:
                table = self._table(name, prefix)
                return [f"{table}[{base}]" if base else f"{table}[{again}] if type({first}) is int else misfit()"]
            case "float" | "double" as name:
                packed = f"pack_{name}({again} if type({first}) is float else real({again}))"
                return self._after(prefix, packed)
            case "fixed" if isinstance(kind, FixedType):
                cls = self._classes.get(kind.name)  # its values have the right size
                holds = self._constant(cls.__name__, cls) if cls else "bytes"
                fits = f"type({first}) is {holds}" + ("" if cls else f" and len({again}) == {kind.size}")
                return self._after(prefix, base or f"({again} if {fits} else misfit())")
            case "bytes" if base is None:
                return [f"{self._table('long', prefix)}[len({again})] if type({first}) is bytes else misfit()", again]
            case "bytes":
                return self._text(f"{base}", prefix)
            case _:
                return self._text(f"utf8({base or value})", prefix)

    def _text(self, made: str, prefix: bytes) -> list[str]:
        name = self._source.fresh("text")
        return [f"{self._table('long', prefix)}[len({name} := {made})]", name]

    def _table(self, kind: str, prefix: bytes) -> str:
        return self._constant(kind.upper(), varints(kind, prefix))

    def _after(self, prefix: bytes, expression: str) -> list[str]:
        return [f"{self._constant('BRANCH', prefix)} + {expression}" if prefix else expression]

    def _function(self, kind: Type) -> str:
        if kind not in self._functions:
            self._functions[kind] = self._source.fresh(f"write_{root_name(kind) or kind.kind}")
            self._waiting.append(kind)
        return self._functions[kind]

    def _held(self, value: str) -> tuple[str, str]:
        """Return how to write a value the first time, and again: one that takes work is given a name."""
        if value.isidentifier():
            return value, value
        name = self._source.fresh("held")
        return f"({name} := {value})", name

    def _joined(self, parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else f"join(({', '.join(parts)}))"


def _picked(union: UnionType, classes: Classes, value: Any) -> tuple[int, Any]:
    """Return the number of the branch that a value is of, and the value without its tag."""
    branch = branch_of(union, value, classes)
    return union.branches.index(branch), value.value if type(value) is Tagged else value
