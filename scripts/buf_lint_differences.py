"""What docs/protobuf-lint.md says beside its tables: which rules are the same, and why tallystick and `buf lint` differ."""

from __future__ import annotations

HEAD = """# tallystick's lint and `buf lint`, side by side

Written by `python scripts/compare_lint_with_buf.py`; with `--check` it only compares.
It runs `buf lint` {version}, with its category STANDARD ({rules} rules) and four about comments, and tallystick's lint over the
{count} cases of tallystick's own rules in `tests/lint/rules/proto/`.
The numbers count cases, whichever rule they were written for: a case without a package counts for DOC141 wherever it stands.

Where buf has several rules for one idea, tallystick has one.
buf lints each file of a module. tallystick lints a contract's file and what it imports; rules about a package look at all files
of the workspace.
All are warnings; `policy` in `contracts/tally.yaml` makes any of them an error, or turns it off.
"""

SAME = {
    "DOC131": ("COMMENT_FIELD",),
    "DOC132": ("COMMENT_ENUM", "COMMENT_MESSAGE", "COMMENT_SERVICE"),
    "DOC141": ("PACKAGE_DEFINED",),
    "DOC142": ("PACKAGE_LOWER_SNAKE_CASE",),
    "DOC143": ("PACKAGE_VERSION_SUFFIX",),
    "DOC144": ("PACKAGE_NO_IMPORT_CYCLE",),
    "DOC145": (
        "PACKAGE_SAME_CSHARP_NAMESPACE",
        "PACKAGE_SAME_GO_PACKAGE",
        "PACKAGE_SAME_JAVA_MULTIPLE_FILES",
        "PACKAGE_SAME_JAVA_PACKAGE",
        "PACKAGE_SAME_PHP_NAMESPACE",
        "PACKAGE_SAME_RUBY_PACKAGE",
        "PACKAGE_SAME_SWIFT_PREFIX",
    ),
    "DOC146": ("DIRECTORY_SAME_PACKAGE",),
    "DOC147": ("PACKAGE_DIRECTORY_MATCH",),
    "DOC148": ("IMPORT_USED",),
    "DOC149": ("IMPORT_NO_PUBLIC",),
    "DOC151": ("SYNTAX_SPECIFIED",),
    "DOC152": ("FILE_LOWER_SNAKE_CASE",),
    "DOC153": ("ENUM_PASCAL_CASE", "MESSAGE_PASCAL_CASE", "RPC_PASCAL_CASE", "SERVICE_PASCAL_CASE"),
    "DOC154": ("FIELD_LOWER_SNAKE_CASE", "ONEOF_LOWER_SNAKE_CASE"),
    "DOC155": ("ENUM_VALUE_UPPER_SNAKE_CASE",),
    "DOC156": ("ENUM_VALUE_PREFIX",),
    "DOC157": ("ENUM_ZERO_VALUE_SUFFIX",),
    "DOC158": ("ENUM_FIRST_VALUE_ZERO",),
    "DOC159": ("ENUM_NO_ALLOW_ALIAS",),
    "DOC160": ("FIELD_NOT_REQUIRED",),
    "DOC161": ("SERVICE_SUFFIX",),
    "DOC162": ("RPC_REQUEST_STANDARD_NAME", "RPC_RESPONSE_STANDARD_NAME"),
    "DOC163": ("RPC_REQUEST_RESPONSE_UNIQUE",),
}

ALONE = {
    "DOC133": "Personal data without a mark.",
    "DOC134": "Money as a float or a double.",
    "DOC136": "The option `deprecated` without a date in the comment.",
}

NOT_OURS = {
    "IMPORT_NO_WEAK": "Older versions of buf have it, and STANDARD of this one has not.",
    "PACKAGE_SAME_DIRECTORY": "A contract has a folder of its own, and the contracts of a domain share a package.",
    "PROTOVALIDATE": "It compiles the rules that protovalidate reads from custom options. tallystick does not run them.",
}

ONLY_OURS: dict[str, str] = {}

ONLY_BUF = {
    "DOC131": "A comment behind a field, in the same line, is a comment, too.",
    "DOC145": "Files without a package have nothing in common but that; DOC141 asks for one.",
    "DOC147": "buf wants the whole package as the path. A contract's path is its domain and its name; one of its folders in the package is enough.",
    "DOC149": "A file with public imports alone stands where types were before they moved, which is what PROTO121 asks for.",
    "DOC159": "An alias is how a value gets a better name without breaking JSON (PROTO213): it is fine where the other name is deprecated.",
}
