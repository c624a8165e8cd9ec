"""PROTO512: an option that says where generated code is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.rulekit.rule import Hit, Severity, change_rule
from tallystick.schema.protobuf_types import ProtoFile

OPTIONS = (
    "java_package",
    "java_multiple_files",
    "java_outer_classname",
    "go_package",
    "csharp_namespace",
    "php_class_prefix",
    "php_namespace",
    "php_metadata_namespace",
    "ruby_package",
    "objc_class_prefix",
    "swift_prefix",
)


@change_rule(
    code="PROTO512",
    name="generated-code-moved",
    on=ProtoFile,
    message="the option '{option}' was {old} and is {new}: generated code moves",
    fix="{mend}; or let all who use the generated code move along",
    severity=Severity.WARNING,
    since="0.1",
)
def generated_code_moved(change: Change[ProtoFile]) -> Iterator[Hit]:
    """An option that says where generated code goes, or what it is called, changed.

    ## Why it matters

    Bytes and JSON: nothing changes. Source: classes move to another package or get another name, so code that imports them no longer
    compiles against the new version. It is a warning: who generates the code for themselves may be the only one.

    The options are java_package, java_multiple_files, java_outer_classname, go_package, csharp_namespace, php_class_prefix, php_namespace,
    php_metadata_namespace, ruby_package, objc_class_prefix and swift_prefix. To set one that was not set moves the code, too.

    ## Example

    ```proto old
    syntax = "proto3";
    option java_package = "com.acme.orders";
    message Order { string id = 1; }
    ```

    ```proto new
    syntax = "proto3";
    option java_package = "com.acme.shop";
    message Order { string id = 1; }
    ```

    ## How to fix it

    Keep the option.

    ```proto fixed
    syntax = "proto3";
    option java_package = "com.acme.orders";
    option java_string_check_utf8 = true;
    message Order { string id = 1; }
    ```
    """
    # The package is PROTO501's, as long as no option says more.
    for option in (o for o in OPTIONS if o in change.old.properties or o in change.new.properties):
        old, new = (_value(file, option) for file in (change.old, change.new))
        if _effective(change.old, option) != _effective(change.new, option):
            mend = f"let '{option}' be {old} again" if option in change.old.properties else f"take '{option}' out again"
            yield f"options/{option}", {"option": option, "old": old, "new": new, "mend": mend}


def _effective(file: ProtoFile, option: str) -> object:
    # Not to split Java's classes is what happens where nobody says so; an empty text is no name.
    return file.properties.get(option, file.package if option == "java_package" else None) or None


def _value(file: ProtoFile, option: str) -> str:
    value = file.properties.get(option)
    if value is None and option == "java_package" and file.package:
        return f'not set, so "{file.package}" like the package,'
    return json.dumps(value, ensure_ascii=False) if value else "not set"
