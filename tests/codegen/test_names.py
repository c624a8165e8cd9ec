"""Names that Python can't have: what is generated imports, and a field that comes later moves no attribute."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.codegen.test_python import contract_of, record
from tests.strategies import avro

from tallystick.errors import UsageError
from tallystick.schema.types import EnumType, RecordType
from tallystick_codegen.python.names import attribute_names, member_names
from tallystick_codegen.python.package import names_twice, render_package
from tallystick_codegen.write import write_package


def attributes(*names: str) -> dict[str, str]:
    """Return what fields of these names are called."""
    kind = avro(record(*({"name": name, "type": "int"} for name in names))).root

    assert isinstance(kind, RecordType)
    return dict(attribute_names(kind, ()))


@pytest.mark.parametrize("name", ["class", "date", "self", "str", "from"])
def test_a_field_is_called_the_same_whatever_is_beside_it(name: str) -> None:
    expected = {name: f"{name}_", f"{name}_": f"{name}__", f"{name}__": f"{name}___"}

    assert expected == attributes(*expected)
    assert expected == attributes(*reversed(expected))
    for one, called in expected.items():
        assert {one: called} == attributes(one)


def test_a_symbol_is_called_the_same_whatever_is_beside_it() -> None:
    kind = avro({"type": "enum", "name": "E", "symbols": ["title_", "title", "None", "plain_"]}).root

    assert isinstance(kind, EnumType)
    assert {"title_": "title__", "title": "title_", "None": "None_", "plain_": "plain_"} == member_names(kind)


ODD: dict[str, Any] = {
    "shop.unions": record({"name": "one", "type": ["null"]}, {"name": "none", "type": []}),
    "shop.functions": record(
        *({"name": f"f_{n}", "type": record(name=n)} for n in ("print", "repr", "NotImplemented", "Warning"))
    ),
    "shop.a": "string",
    "shop.b": ["null", "string"],
}


def test_what_is_odd_imports_and_type_checks(tmp_path: Path) -> None:
    write_package(render_package([contract_of(d, id_) for id_, d in ODD.items()], "odd_events"), tmp_path, "odd_events")
    use = (
        "import odd_events.shop as s; print(s.unions.Thing.__annotations__, s.functions.Warning, s.A.topic, s.B.topic)"
    )
    commands = [
        [sys.executable, "-c", use],
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "-p", "odd_events"],
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "odd_events"],
    ]
    for command in commands:
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

        assert 0 == run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("package", ["json", "google", "tallystick"])
def test_a_package_that_would_hide_another_is_refused(package: str) -> None:
    with pytest.raises(UsageError, match=f"'{package}' is another package's name"):
        render_package([], package)


def test_names_that_two_modules_of_a_domain_have_are_told() -> None:
    status = {"type": "enum", "name": "Status", "symbols": ["A"]}
    contracts = [
        contract_of(record({"name": "s", "type": status}, name=name, namespace=name.lower()), f"shop.{name.lower()}")
        for name in ("Order", "Parcel")
    ]

    assert "Status" == names_twice(render_package(contracts, "made")["made/shop/__init__.py"])
    assert not names_twice(render_package(contracts[:1], "made")["made/shop/__init__.py"])
