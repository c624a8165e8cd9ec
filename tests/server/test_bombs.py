"""Bodies and schemas that are built to take long: refused within their deadline, while others are answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tallystick.server.run import EmbeddedRegistry
from tallystick.server.settings import Auth, Limits, Settings

TEXT = '{"type":"record","name":"R","fields":[]}'


def record(name: str, fields: list[Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": fields}


def union(tag: str, count: int) -> str:
    """Return a union of records: comparing two of them compares each with each."""
    kinds = [record(f"{tag}{number}", [{"name": "a", "type": "int"}]) for number in range(count)]
    return json.dumps(record("R", [{"name": "u", "type": kinds}]), separators=(",", ":"))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRegistry]:
    """A node with little patience, and a subject `union` that is large, and fits its limits."""
    path = tmp_path_factory.mktemp("bombs") / "registry.db"
    with EmbeddedRegistry(path, settings=Settings(limits=Limits(parse_seconds=60))) as patient:
        register(patient, "union", union("A", 5000)).raise_for_status()
        register(patient, "small", TEXT).raise_for_status()
    with EmbeddedRegistry(path, settings=Settings(limits=Limits(parse_seconds=2))) as registry:
        register(registry, "warm", f"{TEXT}{' ' * 9000}").raise_for_status()  # a worker is there
        yield registry


def register(registry: EmbeddedRegistry, subject: str, text: str, **more: Any) -> httpx.Response:
    body = {"schema": text, **more}
    return httpx.post(f"{registry.url}/subjects/{subject}/versions", json=body, timeout=120)


def test_what_takes_too_long_is_refused_while_others_are_answered(registry: EmbeddedRegistry) -> None:
    """Reads, and writes that are small."""
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(register(registry, "union", union("B", 5000))))
    thread.start()
    meanwhile = 0
    with httpx.Client(base_url=registry.url) as client:
        while thread.is_alive():
            assert 200 == client.get("/schemas/ids/1").status_code
            assert 200 == client.get("/subjects/small/versions/latest").status_code
            assert 200 == client.post("/subjects/small/versions", json={"schema": TEXT}).status_code
            meanwhile += 1
    thread.join()

    assert (422, 42201) == (answers[0].status_code, answers[0].json()["error_code"])
    assert "takes more than 2 seconds" in answers[0].json()["message"]
    assert meanwhile > 10
    assert [1] == httpx.get(f"{registry.url}/subjects/union/versions").json()


def workers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "tallystick.server.worker" in one.cmdline()]


def test_a_small_schema_that_is_compared_with_a_large_one_is_given_to_a_worker(tmp_path: Path) -> None:
    """7 KB against 70 KB: it is the product that counts. What is small on both sides needs none."""
    with EmbeddedRegistry(tmp_path / "registry.db") as registry:
        register(registry, "large", union("A", 1000)).raise_for_status()
        register(registry, "small", TEXT).raise_for_status()
    others = set(workers())
    with EmbeddedRegistry(tmp_path / "registry.db", settings=Settings()) as registry:

        def started_by(subject: str) -> int:
            path = f"/compatibility/subjects/{subject}/versions"
            answer = httpx.post(f"{registry.url}{path}", json={"schema": union("B", 80)}, timeout=60)

            assert {"is_compatible": False} == answer.json()
            return len(set(workers()) - others)

        assert [0, 1] == [started_by("small"), started_by("large")]


def test_a_small_body_that_makes_a_node_read_much_is_given_to_a_worker(tmp_path: Path) -> None:
    """A few bytes after a large version, or against one that is named. To look one up reads none of them."""
    with EmbeddedRegistry(tmp_path / "registry.db") as registry:
        register(registry, "large", union("A", 1000)).raise_for_status()
        httpx.put(f"{registry.url}/config", json={"compatibility": "NONE"}).raise_for_status()
        register(registry, "large", TEXT).raise_for_status()
    others = set(workers())
    with EmbeddedRegistry(tmp_path / "registry.db", settings=Settings()) as registry:

        def started_by(path: str) -> int:
            httpx.post(f"{registry.url}{path}", json={"schema": TEXT}, timeout=60).raise_for_status()
            return len(set(workers()) - others)

        check = "/compatibility/subjects/large/versions"

        assert [0, 0, 0, 1] == [
            started_by(path) for path in ("/subjects/large", "/subjects/large/versions", check, f"{check}/1")
        ]


DEEP = '{"type":"array","items":' * 40_000
BOMBS = {
    "deep": DEEP,
    "deep, and closed": DEEP + '"int"' + "}" * 40_000,
    "deep proto": "syntax = 'proto3'; " + "message M {" * 50_000,
    "a million brackets": "[" * 1_000_000,
    "escapes": "\\u0000" * 100_000,
    "digits": "9" * 900_000,
    "names": json.dumps({"type": "enum", "name": "E", "symbols": ["A"] * 200_000}),
    "null": "\0" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_an_invalid_schema(registry: EmbeddedRegistry, name: str) -> None:
    kind = {"schemaType": "PROTOBUF"} if "proto" in name else {}
    answer = register(registry, "bomb", BOMBS[name], **kind)

    assert (422, 42201) == (answer.status_code, answer.json()["error_code"])
    assert 404 == httpx.get(f"{registry.url}/subjects/bomb/versions").status_code


@pytest.mark.parametrize(
    "body", [b"[" * 1_000_000, b'{"schema":' * 300_000, b'{"a":1,' + b'"a":1,' * 300_000 + b'"b":1}']
)
def test_a_body_that_is_a_bomb_is_refused(registry: EmbeddedRegistry, body: bytes) -> None:
    """As no JSON if there was time to see that, as too much if not."""
    headers = {"content-type": "application/json"}
    answer = httpx.post(f"{registry.url}/subjects/bomb/versions", content=body, headers=headers, timeout=60)

    assert answer.status_code in (400, 422)
    assert 200 == httpx.get(f"{registry.url}/schemas/ids/1").status_code


def test_a_large_enum_is_fine(registry: EmbeddedRegistry) -> None:
    """200,000 symbols in 1 MB: large is not hostile."""
    symbols = [f"S{number:04x}" for number in range(100_000)]
    text = json.dumps({"type": "enum", "name": "E", "symbols": symbols}, separators=(",", ":"))
    answer = register(registry, "enum", text)

    assert 200 == answer.status_code
    assert text == httpx.get(f"{registry.url}/schemas/ids/{answer.json()['id']}").json()["schema"]


def test_imports_that_double_at_each_step_are_read_once(registry: EmbeddedRegistry) -> None:
    """Each file imports the one below by two names: 2**12 paths lead down, and there are 24 files."""
    below: list[dict[str, Any]] = []
    for level in range(12):
        imports = "".join(f'import public "{one["name"]}";' for one in below)
        text = f"syntax = 'proto3'; package p{level}; {imports} message M{level} {{}}"
        for side in ("a", "b"):
            subject = f"{side}{level}"
            answer = register(registry, subject, text.replace("M", f"M{side}"), schemaType="PROTOBUF", references=below)

            assert 200 == answer.status_code, answer.text
        below = [{"name": f"{side}{level}.proto", "subject": f"{side}{level}", "version": 1} for side in ("a", "b")]


def test_a_worker_is_a_node_and_no_back_door(tmp_path: Path) -> None:
    """What is refused in front is refused, however large; and read-only is read-only."""
    large = f"{TEXT}{' ' * 9000}"
    auth = Settings(auth=Auth(anonymous=("write:mine",)), audit=tmp_path / "audit.jsonl")
    with EmbeddedRegistry(tmp_path / "registry.db", settings=auth) as registry:
        assert [200, 403] == [register(registry, subject, large).status_code for subject in ("mine", "other")]
        assert {"id": 1} == json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[0])["answer"]
    with EmbeddedRegistry(tmp_path / "registry.db", settings=Settings(read_only=True)) as registry:
        assert 42205 == register(registry, "mine", large).json()["error_code"]
        assert 200 == httpx.post(f"{registry.url}/subjects/mine", json={"schema": large}).status_code


def test_workers_end_with_their_node(tmp_path: Path) -> None:
    others = set(workers())
    with EmbeddedRegistry(tmp_path / "registry.db", settings=Settings()) as registry:
        register(registry, "s", f"{TEXT}{' ' * 9000}").raise_for_status()
        own = [one for one in workers() if one not in others]
    gone, alive = psutil.wait_procs(own, timeout=30)

    assert (1, []) == (len(gone), alive)


def test_a_worker_that_takes_too_much_memory_is_refused_it(tmp_path: Path) -> None:
    """The limit is what it may take beside its copy of the registry."""
    with EmbeddedRegistry(tmp_path / "registry.db", settings=Settings(limits=Limits(parse_megabytes=20))) as registry:
        answer = register(registry, "s", union("A", 9000))

        assert (422, 42201) == (answer.status_code, answer.json()["error_code"])
        assert 200 == register(registry, "s", TEXT).status_code


def test_what_is_refused_was_not_written_and_what_was_written_is_not_refused(tmp_path: Path) -> None:
    """Wherever the deadline falls: a worker is never ended while it writes."""
    path, answers = tmp_path / "registry.db", {}
    with EmbeddedRegistry(path, settings=Settings()) as patient:
        register(patient, "warm", f"{TEXT}{' ' * 9000}").raise_for_status()
    for number in range(8):
        limits = Limits(parse_seconds=0.02 * 1.7**number)
        with EmbeddedRegistry(path, settings=Settings(limits=limits)) as hasty:
            answers[f"s{number}"] = register(hasty, f"s{number}", union(f"A{number}", 800)).status_code
            kept = httpx.get(f"{hasty.url}/subjects").json()

            assert sorted(["warm", *(name for name, status in answers.items() if status == 200)]) == kept

    assert {200, 422} >= set(answers.values())
