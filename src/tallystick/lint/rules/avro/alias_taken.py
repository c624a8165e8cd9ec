"""DOC128: an alias that is also another field's name or alias."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, Severity, lint_rule
from tallystick.schema.types import RecordType


@lint_rule(
    code="DOC128",
    name="alias-taken",
    on=RecordType,
    message="the alias '{alias}' of field '{field}' is {what} field '{other}', too",
    fix="take the alias '{alias}' off the field that never had this name",
    severity=Severity.ERROR,
    since="0.1",
)
def alias_taken(subject: Subject[RecordType]) -> Iterator[Hit]:
    """An alias is also another field's name or alias.

    ## Why it matters

    A reader takes a writer's field for its own by name or by alias. Where two of its fields answer to one name, one
    gets the value and the other does not, and which one depends on the library: Java's puts aliases before names,
    fastavro names before aliases. Nobody gets an error.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "fields": [
      {"name": "total", "type": "long", "aliases": ["amount"]},
      {"name": "net", "type": "long", "aliases": ["amount"]}]}
    ```

    ## How to fix it

    Leave the alias with the one field that had the name before.

    ```json fixed
    {"type": "record", "name": "Order", "fields": [
      {"name": "total", "type": "long", "aliases": ["amount"]},
      {"name": "net", "type": "long"}]}
    ```
    """
    owners: dict[str, str] = {}
    for index, field in enumerate(subject.node.fields):
        for position, alias in enumerate(field.aliases):
            if alias in subject.node.by_name and alias != field.name:
                what, other = "the name of", alias
            elif owners.setdefault(alias, field.name) != field.name:
                what, other = "an alias of", owners[alias]
            else:
                continue
            at = f"fields/{index}/aliases/{position}"
            yield at, {"alias": alias, "field": field.name, "what": what, "other": other}
