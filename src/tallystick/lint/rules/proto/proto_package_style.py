"""DOC142: a package whose name is not in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.names import is_lower_snake
from tallystick.lint.proto_names import package_name
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile


@lint_rule(
    code="DOC142",
    name="proto-package-style",
    on=ProtoFile,
    message="the package '{package}' is not lower_snake_case words with dots between",
    fix="write 'package {better};'; if it was released, leave it: the full names of types are what readers go by",
    since="0.1",
)
def proto_package_style(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """A package is not lower_snake_case words with dots between.

    ## Why it matters

    A package in capitals reads like a class, and becomes one half of the time: `Acme.Orders.Order` may be a type in
    the package `Acme.Orders`, or one inside the message `Orders`. Folders are made of packages, too, and not every
    disk tells `Orders` from `orders`.

    ## Example

    ```proto new
    package Acme.orderHistory.v1;

    message Order { int64 id = 1; }
    ```

    ## How to fix it

    Rename it before the first release.

    ```proto fixed
    package acme.order_history.v1;

    message Order { int64 id = 1; }
    ```
    """
    parts = subject.node.package.split(".")
    if subject.node.package and not all(map(is_lower_snake, parts)):
        yield "2", {"package": subject.node.package, "better": package_name(subject.node.package)}
