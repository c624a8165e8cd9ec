"""The .proto files of a workspace as modules: protoc's classes, and what mypy-protobuf says of them to type checkers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

from tallystick.schema.protobuf_types import ProtoFile
from tallystick.schema.protoc import OWN
from tallystick_codegen.header import with_header
from tallystick_codegen.python.names import domain_name, python_name, unused
from tallystick_codegen.python.text import WIDTH, docstring, escaped

_NARROWER = ("DESCRIPTOR: _descriptor.Descriptor", "DESCRIPTOR: descriptor.Descriptor")
_OPTIONS = f"{OWN}descriptor.proto"  # only options are extended by it, and those are protobuf's own classes


@dataclass(frozen=True)
class ProtoModules:
    """Which module each .proto file becomes: its parts below the package, by the name that others import it by."""

    package: str
    files: Mapping[str, ProtoFile]
    parts: Mapping[str, tuple[str, ...]]

    def module(self, name: str) -> str:
        """Return the full name of a file's module."""
        return ".".join((self.package, *self.parts[name])) + "_pb2"

    def path(self, name: str) -> str:
        """Return where a file's module is, without its suffix."""
        return "/".join((self.package, *self.parts[name])) + "_pb2"


def proto_modules(roots: Mapping[str, tuple[str, str]], files: Sequence[ProtoFile], package: str) -> ProtoModules:
    """Return the modules of files. `roots` says where those of contracts go, by the files' names."""
    named = {one.name: one for file in files for one in file.closure() if one.name != _OPTIONS}
    parts: dict[str, tuple[str, ...]] = {}
    for name in sorted(named, key=lambda name: (name not in roots, name)):
        if name.startswith(OWN):
            parts[name] = tuple(name.removesuffix(".proto").split("/"))
            continue
        domain, stem = roots.get(name) or _home(name)
        parts[name] = domain, unused(stem, {taken[1] for taken in parts.values() if taken[0] == domain})
    return ProtoModules(package, named, parts)


def render_files(modules: ProtoModules) -> Iterator[tuple[str, str]]:
    """Yield the modules of all files and their stubs: path and text."""
    if not modules.files:
        return
    stubs = _stubs(modules)
    for name, file in sorted(modules.files.items()):
        path, source = modules.path(name), escaped(file.place.document.path)
        yield f"{path}.py", with_header(source, _module(modules, file))
        yield f"{path}.pyi", with_header(source, stubs[f"{path}.pyi"])
    folders = {str(folder) for name in modules.files for folder in PurePosixPath(modules.path(name)).parents}
    for folder in sorted(folders - {".", modules.package}):
        yield (
            f"{folder}/__init__.py",
            with_header("contracts", '"""Protobuf\'s own messages, as this package has them."""\n'),
        )
    yield f"{modules.package}/_protobuf.py", with_header("contracts", _POOL)


_POOL = '''\
"""The pool of this package's messages in Protobuf."""

from __future__ import annotations

from typing import Final

from tallystick.runtime.proto_pool import ProtoPool

POOL: Final = ProtoPool()
'''


def _module(modules: ProtoModules, file: ProtoFile) -> str:
    head = docstring(f"What {file.name} defines.", 0)
    pool = f"from {modules.package}._protobuf import POOL as _POOL\n"
    if file.name.startswith(OWN):
        return f'{head}\n\n{pool}\n_POOL.own(globals(), "{file.name}")\n'
    imports = [one for one in file.imports if one.name in modules.parts]
    lines = "".join(sorted(f"import {modules.module(one.name)}\n" for one in imports if not one.is_public))
    public = "".join(sorted(f"from {modules.module(one.name)} import *\n" for one in imports if one.is_public))
    data = "".join(f"    {piece!r}\n" for piece in _pieces(_serialized(file)))
    return f"{head}\n\n{pool}{lines}{public}\n_POOL.define(\n    globals(),\n{data})\n"


def _serialized(file: ProtoFile) -> bytes:
    plain = descriptor_pb2.FileDescriptorProto.FromString(file.described.descriptor.SerializeToString())
    plain.ClearField("source_code_info")
    return plain.SerializeToString(deterministic=True)


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield bytes in pieces that fit a line, each ending with a name where it can."""
    start = 0
    while start < len(data):
        size = 1
        while start + size < len(data) and len(repr(data[start : start + size + 1])) <= WIDTH - 4:
            size += 1
        yield data[start : start + size]
        start += size


def _stubs(modules: ProtoModules) -> Mapping[str, str]:
    """Return mypy-protobuf's stubs, which import each other from this package."""
    from mypy_protobuf.main import Descriptors, generate_mypy_stubs  # noqa: PLC0415  # only who has .proto files pays for it

    request, response = plugin_pb2.CodeGeneratorRequest(), plugin_pb2.CodeGeneratorResponse()
    needed = {one.name: one for file in modules.files.values() for one in file.closure()}
    for file in needed.values():
        request.proto_file.append(_moved(modules, file))
    request.file_to_generate.extend(sorted(_renamed(modules, name) for name in modules.files))
    generate_mypy_stubs(Descriptors(request), response, True, True, False, False, False)  # quiet, readable
    return {one.name: _tidied(one.content) for one in response.file}


def _moved(modules: ProtoModules, file: ProtoFile) -> Any:
    """Return a file's descriptor as if it stood where its module goes."""
    moved = descriptor_pb2.FileDescriptorProto.FromString(file.described.descriptor.SerializeToString())
    moved.name = _renamed(modules, moved.name)
    for index, name in enumerate(moved.dependency):
        moved.dependency[index] = _renamed(modules, name)
    _without_descriptor(moved.message_type)
    return moved


def _without_descriptor(messages: Iterable[Any]) -> None:
    """Leave out fields called DESCRIPTOR: a class has that for itself, and such a field is for getattr and setattr alone."""
    for message in messages:
        kept = [field for field in message.field if field.name != "DESCRIPTOR"]
        del message.field[:]
        message.field.extend(kept)
        _without_descriptor(message.nested_type)


def _renamed(modules: ProtoModules, name: str) -> str:
    return f"{'/'.join((modules.package, *modules.parts[name]))}.proto" if name in modules.parts else name


def _tidied(stub: str) -> str:
    """Leave out what pyright says of each class: its DESCRIPTOR is declared as narrower than that of all messages."""
    return "".join(f"{line.rstrip()}\n" for line in stub.splitlines() if line.strip() not in _NARROWER)


def _home(name: str) -> tuple[str, str]:
    """Return the domain and the module of a file that no contract stands beside: `shared/money/money.proto`."""
    *folders, stem = (_identifier(part) for part in name.removesuffix(".proto").split("/"))
    domain, *rest = folders or ["shared"]
    rest += [] if rest and rest[-1] == stem else [stem]
    return domain_name(domain), python_name("_".join(rest))


def _identifier(part: str) -> str:
    plain = re.sub("[^A-Za-z0-9_]", "_", part)
    plain = plain if plain[:1].isalpha() else f"p{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain
