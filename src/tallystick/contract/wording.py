"""Say in words what a JSON Schema has against a value: what stands where, what it may be, and the mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

import jsonschema_rs

from tallystick.contract.subschemas import at, known_keys, referred

Step = str | int
_Error: TypeAlias = Any  # a jsonschema_rs.ValidationError; its stubs keep what each kind knows in a class of its own
_KINDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
    "array": "a list",
    "object": "a mapping of keys to values",
}
_WRITE = {
    "integer": "write a whole number, without quotes",
    "number": "write a number, without quotes",
    "boolean": "write true or false, without quotes",
    "array": "write a list, each entry on a line of its own that begins with '- '",
    "object": "write its keys below it, each with its value",
}
_FORMS = {
    "^[A-Za-z0-9_-]+$": "letters, digits, '_' and '-' only",
    "^[a-z_][a-z0-9_]*$": "small letters, digits and '_', and no digit first",
    "^sftp://.*": "an address that begins with sftp://",
}
_LIMITS = {
    "minimum": "{limit} or more",
    "maximum": "{limit} or less",
    "exclusiveMinimum": "more than {limit}",
    "exclusiveMaximum": "less than {limit}",
    "multipleOf": "a multiple of {limit}",
    "minLength": "a text of {limit} characters or more",
    "maxLength": "a text of {limit} characters at most",
    "minItems": "a list of {limit} entries or more",
    "maxItems": "a list of {limit} entries at most",
    "minProperties": "{limit} keys or more",
    "maxProperties": "{limit} keys at most",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at a place of a document. `fix` may be empty."""

    steps: tuple[Step, ...]
    problem: str
    fix: str


def dotted(steps: Iterable[Step]) -> str:
    """Return the way to a value as people write it: `schema[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def complaints(schema: Mapping[str, Any], errors: Iterable[_Error]) -> list[Complaint]:
    """Return what a validator of a schema found wrong: for each place, and all that is around it, the one that tells most.

    The deepest tells most: what is around it is often wrong only because of it.
    """
    relevant = list(_relevant(errors))
    # A validator that found a mapping wrong may take its good keys for unknown ones.
    telling = [error for error in relevant if not _is_consequence(schema, error)] or relevant
    told: list[Complaint] = []
    for one in sorted((_worded(schema, error) for error in telling), key=lambda one: -len(one.steps)):
        if not any(other.steps[: len(one.steps)] == one.steps for other in told):
            told.append(one)
    return told


def _is_consequence(root: Mapping[str, Any], error: _Error) -> bool:
    if error.kind.name != "unevaluatedProperties":
        return False
    known = known_keys(root, at(root, error.schema_path[:-1]))
    return all(key in known for key in error.kind.unexpected)


def _relevant(errors: Iterable[_Error]) -> Iterator[_Error]:
    """Yield errors, the most telling one in the place of each that only says "none of these forms"."""
    for error in errors:
        branches: list[list[_Error]] = getattr(error.kind, "context", [])
        # A form of another type altogether (a list, where a mapping stands) is not what the author meant.
        meant = [list(_relevant(branch)) for branch in branches if not _is_of_another_type(error, branch)]
        meant = [branch for branch in meant if not any(_is_required_here(error, inner) for inner in branch)] or meant
        if len(meant) == 1 or (meant and len(branches) > len(meant)):
            yield max((max(branch, key=_depth) for branch in meant if branch), key=_depth, default=error)
        else:
            yield error


def _depth(error: _Error) -> int:
    return len(error.instance_path)


def _is_of_another_type(whole: _Error, branch: list[_Error]) -> bool:
    return any(inner.kind.name == "type" and inner.instance_path == whole.instance_path for inner in branch)


def _is_required_here(whole: _Error, inner: _Error) -> bool:
    return bool(inner.kind.name == "required" and inner.instance_path == whole.instance_path)


def _worded(root: Mapping[str, Any], error: _Error) -> Complaint:
    return _WORDS.get(error.kind.name, _other)(root, error)


def _type(_: Mapping[str, Any], error: _Error) -> Complaint:
    return _of_types(error, error.kind.types)


def _of_types(error: _Error, types: Sequence[str]) -> Complaint:
    kinds = [_KINDS[kind] for kind in types if not (kind == "integer" and "number" in types)]
    problem = f"must be {_one_of(kinds)}, and is {shown(error.instance)}"
    return Complaint(tuple(error.instance_path), problem, _type_fix(error, types))


def _type_fix(error: _Error, types: Sequence[str]) -> str:
    if error.instance is None:
        return "write a value, or take the key out"
    if "string" not in types:
        return _WRITE.get(types[0], "")
    if isinstance(error.instance, list | dict):
        return "write a single value"
    key = next((step for step in reversed(error.instance_path) if isinstance(step, str)), "")
    text = f'"{_plain(error.instance)}"'
    is_own = key and error.instance_path[-1] == key
    return f"put it in quotes: {key}: {text}" if is_own else f"put it in quotes: {text}"


def _enum(_: Mapping[str, Any], error: _Error) -> Complaint:
    options: list[Any] = error.kind.options
    return _no_choice(error, options)


def _const(_: Mapping[str, Any], error: _Error) -> Complaint:
    return _no_choice(error, [error.kind.expected_value])


def _no_choice(error: _Error, options: Sequence[Any]) -> Complaint:
    problem = f"is {shown(error.instance)}, which is not one of its values"
    texts = [_plain(option) for option in options]
    if len(texts) == 1:
        return Complaint(tuple(error.instance_path), problem, f"write {texts[0]}: it has no other")
    given = _plain(error.instance)
    near = [text for text in texts if text.lower() == given.lower()] or get_close_matches(given, texts, n=1)
    fix = f"write {near[0]}; its values: {_listed(texts)}" if near else f"write one of {_listed(texts)}"
    return Complaint(tuple(error.instance_path), problem, fix)


def _required(root: Mapping[str, Any], error: _Error) -> Complaint:
    holder, name, why = at(root, error.schema_path[:-1]), error.kind.property, ""
    if "then" in error.schema_path:
        end = len(error.schema_path) - 1 - error.schema_path[::-1].index("then")
        holder = at(root, error.schema_path[: end - 2])
        # The standard's schema asks `if` a key has a value, and takes a key that is not there for one that has it.
        condition = at(root, error.schema_path[:end]).get("if", {}).get("properties", {})
        absent = next((key for key in condition if key not in error.instance), None)
        why = "".join(f", which {key} {_plain(error.instance.get(key))} asks for" for key in condition)
        name, why = (name, why) if absent is None else (absent, "")
    return Complaint(tuple(error.instance_path), f"'{name}' is missing{why}", _add(root, holder, name))


def _add(root: Mapping[str, Any], holder: Mapping[str, Any], name: str) -> str:
    schema = known_keys(root, holder).get(name, {})
    while "$ref" in schema:
        schema = referred(root, schema["$ref"])
    if "enum" in schema:
        return f"add '{name}', which is one of {_listed(schema['enum'])}"
    kind = schema.get("type")
    return f"add '{name}', which is {_KINDS[kind]}" if isinstance(kind, str) else f"add '{name}'"


def _unknown_key(root: Mapping[str, Any], error: _Error) -> Complaint:
    known = known_keys(root, at(root, error.schema_path[:-1]))
    unexpected: list[str] = error.kind.unexpected
    near = {key: next(iter(get_close_matches(key, known, n=1)), None) for key in unexpected}
    key = next((key for key in unexpected if near[key]), unexpected[0])
    meant = near[key]
    if meant is None:
        fix = f"take it out; what may stand here: {_listed(one for one in known if one not in error.instance)}"
    else:
        fix = f"take it out: {meant} stands here already" if meant in error.instance else f"write {meant}"
    return Complaint((*error.instance_path, key), "there is no such key", fix)


def _pattern(_: Mapping[str, Any], error: _Error) -> Complaint:
    form = _FORMS.get(error.kind.pattern)
    problem = f"is {shown(error.instance)}, which does not have the form that is asked for"
    return Complaint(tuple(error.instance_path), problem, f"write {form}" if form else "")


def _any_of(root: Mapping[str, Any], error: _Error) -> Complaint:
    inner = [one for branch in error.kind.context for one in branch if _depth(one) == _depth(error)]
    types = [kind for one in inner if one.kind.name == "type" for kind in one.kind.types]
    missing = [one.kind.property for one in inner if one.kind.name == "required"]
    steps = tuple(error.instance_path)
    if types and len(types) >= len(inner):
        return _of_types(error, types)
    if missing:
        return Complaint(steps, "one key of several is missing", f"add one of {_listed(dict.fromkeys(missing))}")
    if inner and all(one.kind.name == "pattern" for one in inner):
        return Complaint(
            steps,
            f"is {shown(error.instance)}, which refers to nothing",
            "write <schema>.<property>, such as orders.id",
        )
    return next((_worded(root, one) for one in inner), Complaint(steps, "has none of the forms that it may have", ""))


def _one_or_none(root: Mapping[str, Any], error: _Error) -> Complaint:
    is_several: bool = isinstance(error.kind, jsonschema_rs.ValidationErrorKind.OneOfMultipleValid)
    return (_several if is_several else _any_of)(root, error)


def _several(_: Mapping[str, Any], error: _Error) -> Complaint:
    given = [_plain(key) for key in error.instance] if isinstance(error.instance, dict) else []
    fix = f"keep one of those that exclude each other among {_listed(given)}" if given else ""
    return Complaint(tuple(error.instance_path), "says two things of which only one may be said", fix)


def _not(_: Mapping[str, Any], error: _Error) -> Complaint:
    keys: list[str] = error.kind.schema.get("required", [])
    steps = (*error.instance_path, *keys[:1])
    return Complaint(steps, "may not stand here", "take it out")


def _twice(_: Mapping[str, Any], error: _Error) -> Complaint:
    return Complaint(tuple(error.instance_path), "has an entry twice", "keep one of them")


def _limit(_: Mapping[str, Any], error: _Error) -> Complaint:
    limit = getattr(error.kind, "limit", None)
    limit = error.kind.multiple_of if limit is None else limit
    asked = _LIMITS[error.kind.name].format(limit=limit)
    return Complaint(
        tuple(error.instance_path), f"must be {asked}, and is {_measured(error.instance)}", f"write {asked}"
    )


def _measured(value: Any) -> str:
    if not isinstance(value, list | dict):
        return shown(value)
    entries = "entry" if len(value) == 1 else "entries"
    return f"{'a list' if isinstance(value, list) else 'a mapping'} of {len(value)} {entries}"


def _format(_: Mapping[str, Any], error: _Error) -> Complaint:
    form = error.kind.format
    return Complaint(tuple(error.instance_path), f"is {shown(error.instance)}, which is no {form}", "")


def _other(_: Mapping[str, Any], error: _Error) -> Complaint:
    return Complaint(tuple(error.instance_path), f"is {shown(error.instance)}, which is not one of its values", "")


_WORDS: Mapping[str, Callable[[Mapping[str, Any], _Error], Complaint]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "additionalProperties": _unknown_key,
    "unevaluatedProperties": _unknown_key,
    "pattern": _pattern,
    "anyOf": _any_of,
    "oneOf": _one_or_none,
    "not": _not,
    "uniqueItems": _twice,
    "format": _format,
    **dict.fromkeys(_LIMITS, _limit),
}


def shown(value: Any) -> str:
    """Return a value as a sentence can hold it: what is large by its kind alone."""
    if isinstance(value, dict | list):
        what = "a list" if isinstance(value, list) else "a mapping of keys to values"
        return what if value else f"{what} with nothing in it"
    if value is None:
        return "empty"
    if isinstance(value, str):
        return f"'{_plain(value)}'"
    return _plain(value) if isinstance(value, bool) else f"the number {_plain(value)}"


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else "null" if value is None else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # a document may stand in a string


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(_plain, values)) or "nothing"


def _one_of(words: Sequence[str]) -> str:
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} or {last}" if first else last
