"""DOC113: a namespace that is missing, or not in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.types import NamedType

_DOTTED = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*\Z")
_UNUSUAL = re.compile(r"[^a-z0-9_.]+")


@lint_rule(
    code="DOC113",
    name="namespace-style",
    on=NamedType,
    message="'{type}' {problem}",
    fix="{mend}; if it was released, leave it: the full name is what readers compare",
    since="0.1",
)
def namespace_style(subject: Subject[NamedType]) -> Iterator[Hit]:
    """A namespace is missing, or is not lower-case words with dots between.

    ## Why it matters

    Without a namespace, two teams' `Order` are one name: a schema that references both can't be written, and Java
    puts the class into no package at all. A namespace in capitals reads like a class. What the specification does not
    allow there (`my-shop`, `Outer$`), Java and registries take all the same, and other libraries do not.
    Types that share a namespace have one finding.

    ## Example

    ```json new
    {"type": "record", "name": "Order", "namespace": "Meridian.Commerce", "fields": []}
    ```

    ## How to fix it

    Use the company and the domain, in lower case, before the first release.

    ```json fixed
    {"type": "record", "name": "Order", "namespace": "meridian.commerce", "fields": []}
    ```
    """
    node = subject.node
    namespace = node.namespace
    if _DOTTED.match(namespace) or next(_sharing(subject)) is not node:
        return
    domain = subject.contract.domain.replace("-", "_")
    problem, mend = "has no namespace", f"give it a namespace, such as '{domain}'"
    if namespace:
        problem = f"is in the namespace '{namespace}', which is not lower-case words with dots between"
        mend = f"write '{_UNUSUAL.sub('_', namespace.lower()).strip('_')}'"
    yield "namespace", {"type": node.short_name, "problem": problem, "mend": mend}


def _sharing(subject: Subject[NamedType]) -> Iterator[NamedType]:
    named = subject.contract.schema.named.values()
    return (other for other in named if isinstance(other, NamedType) and other.namespace == subject.node.namespace)
