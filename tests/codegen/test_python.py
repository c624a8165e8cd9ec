"""What contracts become in Python: compared with what is stored, and used."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT, Files
from tests.strategies import schemas, values

from meridian_events.commerce import ORDER_PLACED
from tallystick.contract.load import load_workspace
from tallystick.contract.model import Contract
from tallystick.contract.tree import Folder
from tallystick.errors import UnsupportedSchema, UsageError
from tallystick.schema.locate import locate
from tallystick.schema.types import Place, Schema
from tallystick.values.avro_json import default_value, to_json
from tallystick.wire.avro import compile_decoder, compile_encoder
from tallystick_codegen.python.package import render_package
from tallystick_codegen.write import check_package, write_package

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str], ModuleType]


def contract_of(declared: Any, id_: str = "shop.thing") -> Contract:
    folder = f"contracts/{id_.replace('.', '/')}"
    text = f"{{apiVersion: v3.2.0, kind: DataContract, id: {id_}, version: 1.0.0, status: active}}"
    files = Files({f"{folder}/contract.yaml": text, f"{folder}/thing.avsc": json.dumps(declared)})
    return load_workspace(files).contracts[0]


def record(*fields: dict[str, Any], name: str = "Thing", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": fields, **more}


def module_of(declared: Any) -> ast.Module:
    return ast.parse(render_package([contract_of(declared)], "made")["made/shop/thing.py"])


def golden_contracts() -> list[Contract]:
    workspace = load_workspace(Folder(GOLDEN))

    assert () == workspace.problems
    return list(workspace.contracts)


@pytest.fixture(scope="module")
def golden() -> Iterator[Golden]:
    """Import a module of the stored code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(GOLDEN))
        yield lambda name: import_module(f"golden_events.{name}")


def test_the_code_is_what_is_stored(request: pytest.FixtureRequest) -> None:
    """After a change that is meant: run this with --snapshot-update, and read the difference."""
    files = render_package(golden_contracts(), "golden_events")
    if request.config.getoption("update_snapshots"):
        write_package(files, GOLDEN, "golden_events")

    assert [] == check_package(files, GOLDEN, "golden_events")
    assert list(files.items()) == list(render_package(golden_contracts()[::-1], "golden_events").items())


def test_a_strict_type_checker_accepts_the_code(tmp_path: Path) -> None:
    options = ["--strict", "--config-file=", "--follow-imports=silent", f"--cache-dir={tmp_path}"]
    command = [sys.executable, "-m", "mypy", *options, "-p", "golden_events"]
    environment = {"MYPYPATH": f"{ROOT / 'src'}:{GOLDEN}"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (0, "") == (run.returncode, run.stderr), run.stdout


@given(schema=schemas(record=True), type_length=st.integers(0, 60), field_length=st.integers(0, 40))
def test_the_formatter_leaves_any_code_alone(schema: Schema, type_length: int, field_length: int) -> None:
    """However long the names are: the code has its final shape, and carries the schema to the byte."""
    text = re.sub(r'\bN(\d+)"', rf'{"N" * type_length}N\1"', schema.canonical)
    contract = contract_of(json.loads(re.sub(r'"f(\d)"', rf'"f{"x" * field_length}\1"', text)))
    code = render_package([contract], "made")["made/shop/thing.py"]

    assert code == formatted(code)
    assert contract.schema.canonical == next(
        ast.literal_eval(n.value)
        for n in ast.parse(code).body
        if isinstance(n, ast.AnnAssign) and is_schema(n) and n.value
    )


def formatted(code: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=120", "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout


@given(doc=st.text() | st.text(st.sampled_from('\\"\n\r\t \x00\u2028\u202ea')))
def test_no_doc_can_get_out_of_its_docstring(doc: str) -> None:
    """The code is the same as without docs, and each doc says the same words."""
    module = module_of(record({"name": "a", "type": "string", "doc": doc}, doc=doc))
    (thing,) = (n for n in module.body if isinstance(n, ast.ClassDef) and n.name == "Thing")
    found = [ast.literal_eval(n.value).split() for n in thing.body if is_doc(n)]

    assert ([doc.split()] * 2 if doc.strip() else [["Avro's", "Thing."]]) == found
    assert bare(module_of(record({"name": "a", "type": "string"}))) == bare(module)


def is_doc(node: ast.stmt) -> TypeGuard[ast.Expr]:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_schema(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SCHEMA"


def bare(module: ast.Module) -> str:
    """Return what is left without docs, and without the schema's text, which has them too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef):
            node.body = [n for n in node.body if not is_doc(n) and not is_schema(n)]
    return ast.dump(module)


def test_values_go_over_the_wire_and_come_back(golden: Golden) -> None:
    shapes = golden("shapes")
    value = shapes.EveryType(shadow=shapes.Shadow(date_=1.5), tree=shapes.TreeNode(parent=shapes.TreeNode(children=[])))
    topic = shapes.EVERY_TYPE

    encoded = compile_encoder(topic.schema, topic.classes)(value)

    assert value == compile_decoder(topic.schema, topic.schema, topic.classes)(encoded, 0)


@given(data=st.data())
def test_classes_and_dicts_are_the_same_bytes(data: st.DataObject) -> None:
    topic = ORDER_PLACED
    encoded = compile_encoder(topic.schema)(data.draw(values(topic.schema)))

    decoded = compile_decoder(topic.schema, topic.schema, topic.classes)(encoded, 0)

    assert topic.value is type(decoded)
    assert encoded == compile_encoder(topic.schema, topic.classes)(decoded)


@pytest.mark.parametrize("name", ["shapes.EVERY_TYPE", "shapes.HOSTILE_DOCS"])
def test_defaults_are_those_of_the_schema(golden: Golden, name: str) -> None:
    domain, _, constant = name.partition(".")
    topic = getattr(golden(domain), constant)
    for kind in topic.schema.records():
        made = {f.metadata.get("wire", f.name): f for f in dataclasses.fields(topic.classes[kind.name])}
        for field in kind.fields:
            expected = default_value(field, topic.classes) if field.has_default else dataclasses.MISSING
            factory = made[field.name].default_factory

            assert expected == (made[field.name].default if factory is dataclasses.MISSING else factory())


def test_a_field_called_like_a_type_is_another_attribute(golden: Golden) -> None:
    shadow = golden("shapes").Shadow(date_=1.5)

    assert {"str_": int | None, "date_": float} == get_type_hints(type(shadow))
    assert {"str": None, "date": 1.5} == to_json(
        golden("shapes").EVERY_TYPE.schema.named["tests.shapes.Shadow"], shadow, {"tests.shapes.Shadow": type(shadow)}
    )


def test_a_domain_gives_no_name_that_means_two_things(golden: Golden) -> None:
    shapes = golden("shapes")

    assert not hasattr(shapes, "Leaf")
    assert all(hasattr(shapes, name) for name in shapes.__all__)


def fields(*names_and_types: Any) -> dict[str, Any]:
    return record(*({"name": name, "type": kind} for name, kind in names_and_types))


DAY = {"type": "int", "logicalType": "date"}


@pytest.mark.parametrize(
    ("declared", "pointer", "problem"),
    [
        (record({"name": "a", "type": DAY, "default": 2**31 - 1}), "/fields/0/default", "has no value in Python"),
        (record({"name": "a", "type": "Thing", "default": {}}), "/fields/0/default", "has no value in Python"),
    ],
)
def test_what_python_can_not_say_is_refused_at_its_place(declared: Any, pointer: str, problem: str) -> None:
    with pytest.raises(UnsupportedSchema, match=re.escape(problem)) as refused:
        module_of(declared)

    span = locate(Place(contract_of(declared).schema.document, pointer))
    assert (span.file, span.line, span.column) == (refused.value.file, refused.value.line, refused.value.column)


def test_the_deepest_default_that_a_schema_may_have_is_python() -> None:
    deep: list[Any] = []
    for _ in range(49):
        deep = [{"a": deep}]
    module = module_of(record({"name": "a", "type": {"type": "array", "items": "Thing"}, "default": deep}))

    assert "".join("[Thing(a=" for _ in range(49)) in ast.unparse(module).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("id_", ["shop.3d", "shop.-init-", "3d.thing"])
def test_a_contract_that_can_not_be_a_module_is_refused(id_: str) -> None:
    with pytest.raises(UnsupportedSchema, match="can't be a module in Python"):
        render_package([contract_of(record(), id_)], "made")


def test_a_domain_called_testing_leaves_room_for_the_values_for_tests() -> None:
    files = render_package([contract_of("int", "testing.thing")], "made")

    assert {"made/testing.py", "made/testing_/__init__.py", "made/testing_/thing.py"} < files.keys()
    assert "made.testing_.thing.THING" in files["made/testing.py"]


@pytest.mark.parametrize("package", ["class", "../up", ""])
def test_a_package_needs_a_name(package: str) -> None:
    with pytest.raises(UsageError, match="can't be a package in Python"):
        render_package([], package)
