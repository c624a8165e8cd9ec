"""DOC144: packages that import each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tallystick.lint.engine import Subject
from tallystick.lint.proto_uses import packages_around
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_packages import ProtoPackages
from tallystick.schema.protobuf_types import ProtoImport


@lint_rule(
    code="DOC144",
    name="proto-package-cycle",
    on=ProtoImport,
    message="with this import, the packages import each other: {way}",
    fix="move what both need into a package that imports neither; of what was released, only copies can move",
    since="0.1",
)
def proto_package_cycle(subject: Subject[ProtoImport]) -> Iterator[Hit]:
    """Packages import each other in a circle.

    ## Why it matters

    No two files import each other, but packages of several files may. Go and others that compile package by package
    can't use the generated code. No one can change, version or read one of them without the other.

    ## Example

    ```proto new
    package acme.commerce.v1;
    import "shared/customer.proto";
    message Order { acme.crm.v1.Customer customer = 1; }

    // shared/customer.proto
    package acme.crm.v1;
    import "shared/address.proto";
    message Customer { acme.commerce.v1.Address address = 1; }

    // shared/address.proto
    package acme.commerce.v1;
    message Address { string city = 1; }
    ```

    ## How to fix it

    Put what both use into a third package.

    ```proto fixed
    package acme.commerce.v1;
    import "shared/customer.proto";
    message Order { acme.crm.v1.Customer customer = 1; }

    // shared/customer.proto
    package acme.crm.v1;
    import "shared/address.proto";
    message Customer { acme.shared.v1.Address address = 1; }

    // shared/address.proto
    package acme.shared.v1;
    message Address { string city = 1; }
    ```
    """
    here, there = str(subject.node.described.descriptor.package), subject.node.file.package
    packages = packages_around(subject)
    if packages.has_circle and here and there and here != there and (back := _way(packages, there, here)):
        yield "", {"way": ", ".join((here, *back))}


@lru_cache(maxsize=4096)
def _way(packages: ProtoPackages, start: str, end: str) -> tuple[str, ...]:
    return packages.way(start, end)
