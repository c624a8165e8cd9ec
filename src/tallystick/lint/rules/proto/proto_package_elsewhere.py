"""DOC147: a package that has nothing of the folder that the file is in."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.lint.engine import Subject
from tallystick.lint.proto_names import SHARED, folder_of, proto_snake, version_of
from tallystick.rulekit.rule import Hit, lint_rule
from tallystick.schema.protobuf_types import ProtoFile


@lint_rule(
    code="DOC147",
    name="proto-package-elsewhere",
    on=ProtoFile,
    message="the package '{package}' names none of the folders that '{file}' is in",
    fix="put '{folder}' into the package, as in '{better}'; if it was released, move the file instead, or leave it",
    since="0.1",
)
def proto_package_elsewhere(subject: Subject[ProtoFile]) -> Iterator[Hit]:
    """A package names none of the folders that its file is in.

    ## Why it matters

    Folders below `contracts/` are the domains, and packages say whose a type is. Where the two have nothing in common,
    who has a type's name can't find its file, and two domains may share a package without knowing.

    One folder is enough, with `_` for `-`: a file in `contracts/payments/refund-paid/` may be in `acme.payments.v1`.
    For a file that stands in `contracts/shared/` itself, its own name will do.

    ## Example

    ```proto new
    package acme.logistics.v1;
    import "shared/money/money.proto";
    message Order { acme.finance.v1.Money total = 1; }

    // shared/money/money.proto
    package acme.finance.v1;
    message Money { int64 cents = 1; }
    ```

    ## How to fix it

    Name the domain in the package; for a shared file, its folder.

    ```proto fixed
    package acme.commerce.v1;
    import "shared/money/money.proto";
    message Order { acme.money.v1.Money total = 1; }

    // shared/money/money.proto
    package acme.money.v1;
    message Money { int64 cents = 1; }
    ```
    """
    file = subject.node
    *folders, name = file.name.replace("-", "_").lower().split("/")
    if folders == [SHARED]:
        folders.append(name.removesuffix(".proto"))
    words = [proto_snake(word) for word in file.package.split(".")]
    if file.package and folders and set(words).isdisjoint(folders):
        folder = folder_of(file)
        better = f"{words[0]}.{folder}.{version_of(subject.contract)}"
        yield "2", {"package": file.package, "file": file.name, "folder": folder, "better": better}
