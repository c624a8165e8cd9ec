"""DOC141: a .proto file without a package."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import folder_of, version_of
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile


@lint_rule(
    code="DOC141",
    name="proto-package-missing",
    on=ProtoFile,
    message="'{file}' has no package",
    fix="write 'package {better};' below its syntax; if it was released, leave it: with a package, all its types have other names",
    since="0.1",
)
def proto_package_missing(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """A .proto file has no package.

    ## Why it matters

    Without a package, two teams' `Order` are one name. Files with both do not compile together, and generated code
    for both can't be in one program.

    ## Example

    ```proto new
    message Order { int64 id = 1; }
    ```

    ## How to fix it

    Use the company, the domain and the major version, before the first release.

    ```proto fixed
    package acme.commerce.v1;

    message Order { int64 id = 1; }
    ```
    """
    if not subject.node.package:
        better = f"{folder_of(subject.node) or 'a_word'}.{version_of(subject.contract)}"
        yield "", {"file": subject.node.name.rpartition("/")[2], "better": better}
