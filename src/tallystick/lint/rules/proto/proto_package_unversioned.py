"""DOC143: a package that does not end in a version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import package_name, version_of
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile

_NUMBER = "[1-9][0-9]*"
_VERSION = re.compile(rf"v{_NUMBER}(?:test.*|(?:p{_NUMBER})?(?:alpha|beta)(?:{_NUMBER})?)?")


@lint_rule(
    code="DOC143",
    name="proto-package-unversioned",
    on=ProtoFile,
    message="the package '{package}' does not end in a version",
    fix="write 'package {better};'; if it was released, leave it until there is a new major version",
    since="0.1",
)
def proto_package_unversioned(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """A package does not end in a version, such as `v1` or `v2beta1`.

    ## Why it matters

    A new major version has a topic of its own, and for a while both are in use. A program that reads both needs both
    generated classes: they must have two names. With the version in the package they do, and the types keep theirs.

    ## Example

    ```proto new
    package acme.commerce;

    message Order { int64 id = 1; }
    ```

    ## How to fix it

    End the package in the contract's major version.

    ```proto fixed
    package acme.commerce.v1;

    message Order { int64 id = 1; }
    ```
    """
    package = subject.node.package
    if package and not _VERSION.fullmatch(package.rpartition(".")[2]):
        better = f"{package_name(package)}.{version_of(subject.contract)}"
        yield "2", {"package": package, "better": better}
