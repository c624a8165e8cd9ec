"""AVRO119: a custom property is gone, or has another value."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.properties import lost_properties
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.types import Node


@change_rule(
    code="AVRO119",
    name="property-dropped",
    on=Node,
    message="the property '{property}' of {what} was {old} and {new}",
    fix="set '{property}' of {what} back to {old}",
    severity=Severity.WARNING,
    since="0.1",
)
def property_dropped(change: Change[Node]) -> Iterator[Hit]:
    """A custom property of a type or a field was dropped or changed.

    ## Why it matters

    Avro lets everyone put attributes of their own into a schema and passes them on: units, column names for a
    connector, links. Some tool or person may go by them. Nothing in Avro does, so this is a warning.

    Privacy tags have a rule of their own, AVRO118. `logicalType`, `precision`, `scale` and the hints for Java
    (`avro.java.string`, `java-class` and the like) are no custom properties.

    ## Example

    ```json old
    {"type": "record", "name": "Reading", "fields": [{"name": "heat", "type": "double", "unit": "celsius"}]}
    ```

    ```json new
    {"type": "record", "name": "Reading", "fields": [{"name": "heat", "type": "double", "unit": "fahrenheit"}]}
    ```

    ## How to fix it

    Keep the property. New ones may be added.

    ```json fixed
    {"type": "record", "name": "Reading", "fields": [
      {"name": "heat", "type": "double", "unit": "celsius", "sensor": "t-1"}]}
    ```
    """
    for lost in lost_properties(change):
        if not lost.is_privacy:
            yield lost.hit()
