"""DOC146: a folder with files of several packages."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_uses import packages_around
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile


@lint_rule(
    code="DOC146",
    name="proto-folder-mixes-packages",
    on=ProtoFile,
    message="{here}, and '{other}' in the same folder is in {there}",
    fix="give each package a folder of its own; those who import a file name its folder, so move released files with care",
    since="0.1",
)
def proto_folder_mixes_packages(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """The files of a folder are in different packages.

    ## Why it matters

    An import names a folder, and a type its package. Who reads one guesses the other, and is right where a folder is
    of one package. Go puts a folder's files into one package, whatever they say.

    A package may have many folders: each contract has one. The finding is at each file that is unlike the first one
    by name.

    ## Example

    ```proto new
    package acme.commerce.v1;
    import "shared/line.proto";
    import "shared/money.proto";
    message Order { Line line = 1; acme.money.v1.Money total = 2; }

    // shared/line.proto
    package acme.commerce.v1;
    message Line { string sku = 1; }

    // shared/money.proto
    package acme.money.v1;
    message Money { int64 cents = 1; }
    ```

    ## How to fix it

    Give each package a folder.

    ```proto fixed
    package acme.commerce.v1;
    import "shared/line/line.proto";
    import "shared/money/money.proto";
    message Order { Line line = 1; acme.money.v1.Money total = 2; }

    // shared/line/line.proto
    package acme.commerce.v1;
    message Line { string sku = 1; }

    // shared/money/money.proto
    package acme.money.v1;
    message Money { int64 cents = 1; }
    ```
    """
    file = subject.node
    first = packages_around(subject).by_folder[file.name.rpartition("/")[0]][0]
    if first.package != file.package:
        here = f"'{file.name}' is in {_said(file)}"
        yield "2", {"here": here, "other": first.name.rpartition("/")[2], "there": _said(first)}


def _said(file: ProtoFile) -> str:
    return f"the package '{file.package}'" if file.package else "no package"
