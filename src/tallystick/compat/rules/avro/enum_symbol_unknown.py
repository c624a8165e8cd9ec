"""AVRO201: a writer's enum has symbols that the reader's has not."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Pair
from tallystick.rulekit.rule import Hit, rule
from tallystick.schema.types import EnumType


@rule(
    code="AVRO201",
    name="enum-symbol-unknown",
    on=EnumType,
    message="the writer sends {symbols} of enum '{enum}', the reader does not know it, and has no default symbol",
    fix="keep {symbols} in '{enum}'",
    fix_forward="leave {symbols} out: '{enum}' was released without a default symbol",
    mirrors="MISSING_ENUM_SYMBOLS",
    info="[{info}]",
    since="0.1",
)
def enum_symbol_unknown(pair: Pair[EnumType]) -> Iterator[Hit]:
    """A writer's enum has a symbol that the reader's enum lacks, and the reader has no default symbol.

    ## Why it matters

    A reader that meets a symbol it does not know fails on that message.

    Seen backward, a symbol was removed that old messages still carry. Seen forward, a symbol was added that
    readers of the earlier version can't know.

    ## Example

    ```json old
    {"type": "enum", "name": "Channel", "symbols": ["WEB", "APP"]}
    ```

    ```json new
    {"type": "enum", "name": "Channel", "symbols": ["WEB"]}
    ```

    ## How to fix it

    Keep the symbol. An enum that will grow wants a default symbol from its first version on: readers then take
    that for symbols they do not know.

    ```json fixed
    {"type": "enum", "name": "Channel", "symbols": ["WEB", "APP"], "doc": "APP is not sent any more."}
    ```
    """
    if pair.reader.default is not None:
        return
    known = set(pair.reader.symbols)
    missing = [symbol for symbol in pair.writer.symbols if symbol not in known]
    if missing:
        quoted = ", ".join(f"'{symbol}'" for symbol in missing)
        yield "symbols", {"symbols": quoted, "enum": pair.reader.short_name, "info": ", ".join(missing)}
