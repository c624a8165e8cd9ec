"""AVRO202: symbols that a reader's enum lacks are read as its default."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, Severity, rule
from tallystick.schema.types import EnumType

_MANY = 20


@rule(
    code="AVRO202",
    name="enum-falls-to-default",
    on=EnumType,
    message="the writer sends {symbols} of enum '{enum}', the reader does not know it, and reads '{default}' instead",
    fix="keep {symbols} in '{enum}'",
    fix_forward="send {symbols} only after all readers have upgraded: until then they read '{default}'",
    severity=Severity.WARNING,
    since="0.1",
)
def enum_falls_to_default(pair: Pair[EnumType]) -> Iterator[Hit]:
    """A writer's enum has a symbol that the reader's enum lacks, and the reader takes its default symbol for it.

    ## Why it matters

    Nothing fails, and what the message said is lost: the reader can't tell the symbol from the default. If it writes
    the value on, the default is what stays.

    Seen backward, a symbol was removed that old messages still carry. Seen forward, a symbol was added: that is
    what the default is for, and still worth a thought about what readers do with it. Apache Avro for Python
    does not know defaults of enums: there, the reader fails.

    ## Example

    ```json old
    {"type": "enum", "name": "Channel", "symbols": ["OTHER", "WEB", "APP"], "default": "OTHER"}
    ```

    ```json new
    {"type": "enum", "name": "Channel", "symbols": ["OTHER", "WEB"], "default": "OTHER"}
    ```

    ## How to fix it

    Keep every symbol that was ever written. Let readers upgrade before writers send a new one.

    ```json fixed
    {"type": "enum", "name": "Channel", "symbols": ["OTHER", "WEB", "APP", "STORE"], "default": "OTHER"}
    ```
    """
    reader, writer = pair.reader, pair.writer
    known = set(reader.symbols)
    missing = [symbol for symbol in writer.symbols if symbol not in known]
    if missing and reader.default is not None and pair.can_read(reader, writer):
        # One by one, since earlier versions may lack different ones; but not a thousand.
        for symbols in ([symbol] for symbol in missing) if len(missing) <= _MANY else [missing]:
            quoted = ", ".join(f"'{symbol}'" for symbol in symbols)
            yield "symbols", {"symbols": quoted, "enum": reader.short_name, "default": reader.default}
