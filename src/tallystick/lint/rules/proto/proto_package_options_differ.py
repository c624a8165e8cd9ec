"""DOC145: files of one package whose generated code goes to different places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tallystick.lint.engine import Subject
from tallystick.lint.proto_uses import packages_around
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_packages import ProtoPackages
from tallystick.schema.protobuf_types import ProtoFile

# The numbers that they have in descriptor.proto, which places are named by.
_OPTIONS = {
    "java_package": 1,
    "java_multiple_files": 10,
    "go_package": 11,
    "csharp_namespace": 37,
    "swift_prefix": 39,
    "php_namespace": 41,
    "ruby_package": 45,
}


@lint_rule(
    code="DOC145",
    name="proto-package-options-differ",
    on=ProtoFile,
    message="'{file}' has {here}, and '{other}' in the same package '{package}' has {usual}",
    fix="{mend}; where code is generated from it already, that moves the classes",
    since="0.1",
)
def proto_package_options_differ(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """Files of one package disagree on an option that says where generated code goes.

    ## Why it matters

    Who uses the package expects its classes in one place. In Go, two places are two packages, and what one has in
    lower case the other can't see. The options are `java_package`, `java_multiple_files`, `go_package`,
    `csharp_namespace`, `php_namespace`, `ruby_package` and `swift_prefix`.
    All files of the workspace count. The finding is where most others differ.

    ## Example

    ```proto new
    package acme.commerce.v1;
    option java_package = "com.acme.commerce.v1";
    import "shared/line.proto";
    message Order { Line line = 1; }

    // shared/line.proto
    package acme.commerce.v1;
    message Line { string sku = 1; }
    ```

    ## How to fix it

    Say the same in all files of a package, or nothing in all.

    ```proto fixed
    package acme.commerce.v1;
    option java_package = "com.acme.commerce.v1";
    import "shared/line.proto";
    message Order { Line line = 1; }

    // shared/line.proto
    package acme.commerce.v1;
    option java_package = "com.acme.commerce.v1";
    message Line { string sku = 1; }
    ```
    """
    file = subject.node
    for name, (usual, example) in _usual(packages_around(subject), file.package).items():
        here = file.properties.get(name)
        if here != usual:
            mend = f"take '{name}' out" if usual is None else f"write 'option {name} = {_text(usual)};'"
            yield (
                "2"
                if here is None
                else f"8/{_OPTIONS[name]}",  # where it is missing, the package below which it belongs
                {
                    "file": file.name,
                    "here": _said(name, here),
                    "other": example,
                    "package": file.package,
                    "usual": _said(name, usual),
                    "mend": mend,
                },
            )


@lru_cache(maxsize=4096)
def _usual(packages: ProtoPackages, package: str) -> Mapping[str, tuple[Any, str]]:
    """Return the options that the files of a package disagree on: what most say, and a file that does."""
    files = packages.by_name.get(package, ()) if package else ()
    found = {}
    for name in _OPTIONS:
        values = [file.properties.get(name) for file in files]
        if len(set(values)) > 1:
            counts = Counter(values)
            usual = max(counts, key=lambda value, counts=counts: (counts[value], value is not None))  # type: ignore[misc]  # of this round
            found[name] = (usual, files[values.index(usual)].name)
    return found


def _said(name: str, value: Any) -> str:
    return f"no '{name}'" if value is None else f"'{name} = {_text(value)}'"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'
