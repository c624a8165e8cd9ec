"""Read YAML as its 1.2 specification means it, with no key twice; and say where each node stands."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from tallystick.errors import InvalidYaml
from tallystick.schema.json_text import MAX_DEPTH, Position, conflict, escape

try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # PyYAML built without libyaml: the same meaning, slower
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]


class _StrictLoader(_BaseLoader):
    """PyYAML's safe loader with YAML 1.2's scalars (specification 1.2.2, section 10.3.2)."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as the base class has it


for _tag, _pattern, _first in [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
]:
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), _first)


def _integer(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text if base == 10 else text[2:], base)  # noqa: PLR2004


def _float(text: str) -> float:
    text = text.lower()
    if text.endswith("inf"):
        return -math.inf if text.startswith("-") else math.inf
    return math.nan if text == ".nan" else float(text)


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": _integer,
    "tag:yaml.org,2002:float": _float,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda _: None,
}
_COLLECTIONS: Mapping[type[yaml.Node], str] = {
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


def _value(node: yaml.Node) -> Any:
    """Return the value of a node. PyYAML's own constructors are for any tag and for aliases, and take twice the time."""
    if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
        return _SCALARS[node.tag](node.value)
    if node.tag != _COLLECTIONS.get(type(node)):
        raise _refusal(f"could not determine a constructor for the tag '{node.tag}'", node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    found: dict[Any, Any] = {}
    seen: set[str] = set()
    for key, item in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refusal("expected a plain key", key)
        if key.value in seen:
            raise _refusal(f"the key '{key.value}' stands twice in one mapping", key)
        seen.add(key.value)
        found[_value(key)] = _value(item)
    return found


def _refusal(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def read_yaml(text: str, file: str) -> Any:
    """Return the value of a YAML text.

    Raises:
        InvalidYaml: with line and column.
    """
    try:
        _refuse_conflicts(text, file)
        _refuse_aliases(text, file)
        root = yaml.compose(text, _StrictLoader)
        return None if root is None else _value(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InvalidYaml(error.problem or "not YAML", file=file, line=line, column=column) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidYaml(str(error).partition("\n")[0], file=file) from None
    except RecursionError:
        raise InvalidYaml(f"nested more than {MAX_DEPTH} levels deep", file=file) from None


def _refuse_conflicts(text: str, file: str) -> None:
    """Refuse the lines that git leaves in an unfinished merge: in a flow sequence they would be read as text."""
    for line, content in enumerate(text.split("\n"), 1):
        if found := conflict(content, 0):
            raise InvalidYaml(found[0], file=file, line=line, fix=found[1])


def _refuse_aliases(text: str, file: str) -> None:
    """Refuse `*alias`: a few lines of them stand for gigabytes, and one can hold itself."""
    if "*" not in text or "&" not in text:
        return
    for event in yaml.parse(text, _StrictLoader):
        if isinstance(event, yaml.AliasEvent):
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise InvalidYaml("aliases are not allowed: write the value", file=file, line=line, column=column)


def positions(text: str, file: str) -> Mapping[str, Position]:
    """Return line and column (from 1) of each JSON pointer: of the key for a member, of the item for an item.

    The same parser as `read_yaml`, stopped one step earlier: the two can't disagree.
    """
    try:
        root = yaml.compose(text, _StrictLoader)
    except yaml.YAMLError as error:
        raise InvalidYaml(str(error).partition("\n")[0], file=file) from None
    return {} if root is None else {"": (1, 1), **dict(_walk(root, ""))}


def _walk(node: yaml.Node, pointer: str) -> Iterator[tuple[str, Position]]:
    children: list[tuple[str, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(escape(key.value), key, value) for key, value in node.value if isinstance(key.value, str)]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(index), item, item) for index, item in enumerate(node.value)]
    for step, shown, child in children:
        yield f"{pointer}/{step}", (shown.start_mark.line + 1, shown.start_mark.column + 1)
        yield from _walk(child, f"{pointer}/{step}")
