"""What the messages of a schema are to an expression, whichever language the schema is in."""

from __future__ import annotations

from tallystick.contract.model import AnySchema
from tallystick.expressions.types import CelType
from tallystick.schema.types import Format


def of_schema(schema: AnySchema) -> CelType:
    """Return the type of a schema's messages. Records of Avro are dicts to it."""
    if schema.format is Format.PROTOBUF:
        from tallystick.expressions.of_proto import of_proto  # noqa: PLC0415  # only who has .proto files pays for it

        return of_proto(schema.root)
    from tallystick.expressions.of_avro import of_avro  # noqa: PLC0415  # as above

    return of_avro(schema)
