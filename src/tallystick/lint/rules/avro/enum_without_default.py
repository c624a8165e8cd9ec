"""DOC120: an enum that will grow, and does not say what old readers take for a new symbol."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import EnumType

# An enum of a closed set (currencies sold in, days of the week) needs no default. Two things tell an open one: a symbol
# for what is not known, and a doc that says so.
_CATCH_ALL = ("UNKNOWN", "UNSPECIFIED", "UNDEFINED", "UNRECOGNIZED", "OTHER")
_GROWS = re.compile(
    r"\b(?:will|may|might|can) (?:grow|be extended|be added)\b|\bnot exhaustive\b|\bmore (?:to come|may follow|will follow)\b",
    re.IGNORECASE,
)


@lint_rule(
    code="DOC120",
    name="enum-without-default",
    on=EnumType,
    message="'{enum}' {sign}, and has no default for readers that meet a new symbol",
    fix="{mend}",
    since="0.1",
)
def enum_without_default(subject: Subject[EnumType]) -> Iterator[Hit]:
    """An enum that will grow has no default.

    ## Why it matters

    A reader that meets a symbol it does not know fails, unless its own enum has a default. It has to be there
    before the first new symbol: readers that are deployed by then can't be given one.

    An enum is taken for one that will grow if it has a symbol such as UNKNOWN or OTHER, in any case, or if its doc says
    so. Others are let be: a closed set is better off failing.
    The default of a *field* does not help; it is for messages without the field.

    ## Example

    ```json new
    {"type": "enum", "name": "Channel", "symbols": ["WEB", "APP", "OTHER"]}
    ```

    ## How to fix it

    Let the symbol for the unknown be the enum's default.

    ```json fixed
    {"type": "enum", "name": "Channel", "symbols": ["WEB", "APP", "OTHER"], "default": "OTHER"}
    ```
    """
    enum = subject.node
    if enum.default is not None:
        return
    unknown = next((symbol for symbol in enum.symbols if symbol.upper() in _CATCH_ALL), None)
    if unknown is not None:
        sign, mend = f"has a symbol '{unknown}'", f"give the enum itself the default '{unknown}'"
    elif enum.doc and _GROWS.search(enum.doc):
        sign, mend = (
            "says that it will grow",
            'add a symbol such as UNKNOWN, and make it the "default" of the enum itself',
        )
    else:
        return
    yield "", {"enum": enum.short_name, "sign": sign, "mend": mend}
