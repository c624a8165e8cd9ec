"""DOC112: an enum whose symbols are not in UPPER_SNAKE_CASE."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import snake
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import EnumType

_UPPER = re.compile(r"_*[A-Z0-9]+(?:_[A-Z0-9]+)*\Z")
# Units and codes mean something by their case: mW and MW, the language "de" and the country "DE".
_LONGEST_CODE = 3


@lint_rule(
    code="DOC112",
    name="enum-symbol-style",
    on=EnumType,
    message="symbol '{symbol}' of '{enum}'{others} is not in UPPER_SNAKE_CASE",
    fix="write '{better}'; if it was released, keep it, for a new symbol is another value",
    since="0.1",
)
def enum_symbol_style(subject: Subject[EnumType]) -> Iterator[Hit]:
    """A symbol is not in UPPER_SNAKE_CASE.

    ## Why it matters

    Symbols become constants in generated code, and values in queries, where `placed` and `PLACED` are two values.
    An enum of codes, with no symbol longer than three letters, is let be: units and languages mean something by
    their case. One finding speaks for the whole enum.

    ## Example

    ```json new
    {"type": "enum", "name": "OrderState", "symbols": ["placed", "PAID", "SentOut"]}
    ```

    ## How to fix it

    Write all symbols in capitals before the first release. Afterwards, live with them.

    ```json fixed
    {"type": "enum", "name": "OrderState", "symbols": ["PLACED", "PAID", "SENT_OUT"]}
    ```
    """
    symbols = subject.node.symbols
    wrong = [index for index, symbol in enumerate(symbols) if not _UPPER.match(symbol)]
    if wrong and max(map(len, symbols)) > _LONGEST_CODE:
        first, more = symbols[wrong[0]], len(wrong) - 1
        values = {"symbol": first, "enum": subject.node.short_name, "better": snake(first).upper()}
        yield f"symbols/{wrong[0]}", {**values, "others": f" (and {more} more)" if more else ""}
