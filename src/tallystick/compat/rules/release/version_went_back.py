"""DOC202: the version of a contract is lower than it was."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.versions import numbers
from tallystick.contract.model import Contract
from tallystick.rulekit.rule import Hit, change_rule


@change_rule(
    code="DOC202",
    name="version-went-back",
    on=Contract,
    message="version was {old} and is {new}, which is lower",
    fix="set version to {old}, or higher if anything changed",
    since="0.1",
)
def version_went_back(change: Change[Contract]) -> Iterator[Hit]:
    """The version of a contract is lower than that of the newest earlier version.

    ## Why it matters

    Versions say what came after what. Whoever takes the highest one for the newest, as package managers and people do,
    stays with the schema that was withdrawn. A lower major version also leads producers back to the old topic.
    So this is an error. Parts are compared as numbers: 1.10.0 is higher than 1.9.0.

    ## Example

    ```yaml old
    version: 1.10.0
    ```

    ```yaml new
    version: 1.9.0
    ```

    ## How to fix it

    Go on from the highest version. To take a change back, release what was before it under a new, higher version.

    ```yaml fixed
    version: 1.10.1
    ```
    """
    if numbers(change.new.version) < numbers(change.old.version):
        yield "version", {"old": change.old.version, "new": change.new.version}
