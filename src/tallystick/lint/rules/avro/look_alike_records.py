"""DOC126: a union of records that look the same from outside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import EnumType, MapType, NamedType, RecordType, Type, UnionType

_IN_JSON = {
    "int": "number",
    "long": "number",
    "float": "number",
    "double": "number",
    "map": "object",
    "record": "object",
}


@lint_rule(
    code="DOC126",
    name="look-alike-records",
    on=UnionType,
    message="{one} and {other} in one union {likeness}",
    fix="{mend}",
    since="0.1",
)
def look_alike_records(subject: Subject[UnionType]) -> Iterator[Hit]:
    """Two branches of a union can't be told apart by what is in them.

    ## Why it matters

    On the wire Avro numbers the branch. In JSON, in dictionaries and in most sinks there is no number: the branch is
    guessed from the fields. Two records with the same fields, or a record beside a map, make it guess wrong
    without an error: the first one that fits is taken.

    Records with the same field names are fine where a field tells them apart by its type, such as `kind`, an enum
    with other symbols in each.

    ## Example

    ```json new
    {"type": "record", "name": "Payment", "fields": [{"name": "by", "type": [
      {"type": "record", "name": "Card", "fields": [{"name": "number", "type": "string"}]},
      {"type": "record", "name": "Voucher", "fields": [{"name": "number", "type": "string"}]}]}]}
    ```

    ## How to fix it

    Name the fields by what they hold, or make it one record with an enum that says which it is.

    ```json fixed
    {"type": "record", "name": "Payment", "fields": [{"name": "by", "type": [
      {"type": "record", "name": "Card", "fields": [{"name": "card_number", "type": "string"}]},
      {"type": "record", "name": "Voucher", "fields": [{"name": "voucher_number", "type": "string"}]}]}]}
    ```
    """
    objects = [
        (index, kind) for index, kind in enumerate(subject.node.branches) if isinstance(kind, RecordType | MapType)
    ]
    for (_, one), (index, other) in combinations(objects, 2):
        if not isinstance(one, RecordType) or not isinstance(other, RecordType):
            likeness, mend = "are both objects in JSON", "put the map into a record with one field"
        elif one.by_name.keys() == other.by_name.keys() and not _differ(one, other):
            likeness, mend = (
                "have the same fields",
                "name the fields by what they hold, or add an enum to tell them apart",
            )
        else:
            continue
        yield str(index), {"one": _name(one), "other": _name(other), "likeness": likeness, "mend": mend}


def _differ(one: RecordType, other: RecordType) -> bool:
    return any(_apart(_looks(field.type), _looks(other.by_name[field.name].type)) for field in one.fields)


def _apart(one: set[str], other: set[str]) -> bool:
    # A symbol is a text, too: only two enums can be told apart by their symbols.
    texts = "text" in one | other and any(look.startswith(("symbol ", "text")) for look in one)
    return one.isdisjoint(other) and not (texts and any(look.startswith(("symbol ", "text")) for look in other))


def _looks(kind: Type) -> set[str]:
    """Return how values of a type may look in JSON; those of an enum by symbol."""
    match kind:
        case UnionType(branches=branches):
            return set().union(*map(_looks, branches))
        case EnumType(symbols=symbols):
            return {f"symbol {symbol}" for symbol in symbols}
        case _:
            return {_IN_JSON.get(kind.kind, kind.kind if kind.kind in ("null", "boolean", "array") else "text")}


def _name(kind: Type) -> str:
    return f"'{kind.short_name}'" if isinstance(kind, NamedType) else "a map"
