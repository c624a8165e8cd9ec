"""Read a registry's settings: what a file, the environment and the command line say, checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from tallystick.errors import InputError, UsageError
from tallystick.schema.yaml_text import read_yaml
from tallystick.server.settings import Settings, check

PREFIX = "TALLY_SERVE_"
_PLAIN = (str, int, float, bool, Path)
_WORDS = {"true": True, "false": False}
_SAID = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}

Tree: TypeAlias = Mapping[str, Any]


def load_settings(file: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
    """Return what the file says, overruled by the environment, overruled by the flags that are not None.

    `tls.key` is TALLY_SERVE_TLS_KEY in the environment. Paths in the file are relative to its folder.

    Raises:
        UsageError: what is said can't be meant, with the name of the setting.
    """
    tree = {} if file is None else _read(file)
    settings: Settings = _made(Settings, tree, (), str(file), file.parent if file else Path())
    told = dict(_from_environment(environ)) | {(name,): value for name, value in flags.items() if value is not None}
    for path, value in told.items():
        settings = _with(settings, path, value)
    check(settings)
    return settings


def _read(file: Path) -> Tree:
    try:
        tree = read_yaml(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"can't read the settings in {file}: {error}", fix="name another file with --config"
        ) from error
    except InputError as error:
        raise UsageError(f"the settings are not YAML: {error}", fix=error.fix) from error
    if tree is not None and not isinstance(tree, dict):
        raise UsageError(f"{file}: settings are a mapping, like `port: 8081`")
    return tree or {}


def _made(kind: Any, value: Any, path: tuple[str, ...], file: str, folder: Path) -> Any:
    """Return a value of a type made of what a file says."""
    where = f"{file}: '{'.'.join(path)}'"
    if is_dataclass(kind) and isinstance(kind, type):
        return _made_of_members(kind, value, path, file, folder)
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UsageError(f"{where} must be a list of texts", fix="write it as [one, two]")
        return tuple(value)
    if get_origin(kind) is Mapping:
        if not isinstance(value, dict):
            raise UsageError(f"{where} must be a mapping of names")
        return {
            str(name): _made(get_args(kind)[1], one, (*path, str(name)), file, folder) for name, one in value.items()
        }
    return _plain(_bare(kind), value, where, folder)


def _made_of_members(kind: type[Any], value: Any, path: tuple[str, ...], file: str, folder: Path) -> Any:
    if not isinstance(value, dict):
        raise UsageError(f"{file}: '{'.'.join(path)}' must be a mapping with some of {_listed(kind)}")
    hints = get_type_hints(kind)
    for name in value:
        if name not in hints:
            near = get_close_matches(str(name), hints, 1)
            fix = f"did you mean '{near[0]}'?" if near else f"there are {_listed(kind)}"
            raise UsageError(f"{file}: '{'.'.join((*path, str(name)))}' is not a setting", fix=fix)
    return kind(**{name: _made(hints[name], one, (*path, name), file, folder) for name, one in value.items()})


def _plain(kind: Any, value: Any, where: str, folder: Path) -> Any:
    if kind is Path and isinstance(value, str) and value:
        return folder / value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is Path or type(value) is not kind:
        raise UsageError(f"{where} must be {_SAID[kind]}, and is {value!r}")
    return value


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    known = {PREFIX + "_".join(path).upper(): (path, kind) for path, kind in _scalars(Settings)}
    for name, text in environ.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            near = get_close_matches(name, known, 1, 0.85)
            fix = f"did you mean {near[0]}?" if near else "what is a list or a mapping stands in the file of --config"
            raise UsageError(f"the environment variable {name} is not a setting", fix=fix)
        path, kind = known[name]
        yield path, _from_text(kind, text, name)


def _from_text(kind: Any, text: str, name: str) -> Any:
    try:
        return _WORDS[text.lower()] if kind is bool else kind(text)
    except (ValueError, KeyError):
        raise UsageError(f"the environment variable {name} must be {_SAID[kind]}, and is '{text}'") from None


def _scalars(kind: type[Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and the type of each setting that is one value."""
    for name, hint in get_type_hints(kind).items():
        if is_dataclass(hint) and isinstance(hint, type):
            yield from _scalars(hint, (*path, name))
        elif _bare(hint) in _PLAIN:
            yield (*path, name), _bare(hint)


def _bare(hint: Any) -> Any:
    """Return the type without its None."""
    return next((one for one in get_args(hint) if one in _PLAIN), hint) if get_origin(hint) is not Mapping else hint


def _with(settings: Any, path: tuple[str, ...], value: Any) -> Any:
    name, *rest = path
    new = _with(getattr(settings, name), tuple(rest), value) if rest else value
    return replace(settings, **{name: new})


def _listed(kind: type[Any]) -> str:
    return ", ".join(f"'{one.name}'" for one in fields(kind))
