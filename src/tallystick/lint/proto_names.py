"""The names that things in .proto files should have: what mends suggest."""

from __future__ import annotations

import re
from functools import lru_cache

from tallystick.contract.model import Contract
from tallystick.lint.names import is_pascal, pascal
from tallystick.schema.protobuf_types import ProtoEnum, ProtoFile, ProtoValue

SHARED = "shared"
_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z0-9])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=16384)
def proto_snake(name: str) -> str:
    """Return a name in snake_case, its digits where they are: `HTTPLine2` is http_line2, whose JSON name is the same."""
    return "_".join(part.lower() for part in _BOUNDARY.split(name) if part)


def proto_pascal(name: str) -> str:
    """Return a name in PascalCase; one that is stays as it is."""
    return name if is_pascal(name) else pascal(name) or "AWord"


def value_prefix(enum: ProtoEnum) -> str:
    """Return what the values of an enum begin with."""
    return f"{proto_snake(enum.short_name).upper()}_"


def value_name(enum: ProtoEnum, value: ProtoValue) -> str:
    """Return a value's name with the prefix, in UPPER_SNAKE_CASE."""
    prefix, name = value_prefix(enum), proto_snake(value.name).upper()
    return name if name.startswith(prefix) else prefix + name


def folder_of(file: ProtoFile) -> str:
    """Return the folder that a file's package should name: the domain, or what is shared."""
    folders = file.name.replace("-", "_").split("/")[:-1]
    return folders[1] if folders[:1] == [SHARED] and len(folders) > 1 else folders[0] if folders else ""


def version_of(contract: Contract) -> str:
    """Return the version that a package should end in."""
    return f"v{max(contract.major, 1)}"


def package_name(package: str) -> str:
    """Return the name of a package in lower_snake_case."""
    return ".".join(proto_snake(part) or "a_word" for part in package.split("."))
