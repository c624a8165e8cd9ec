"""The OpenAPI document is true: schemathesis makes requests of it, and holds the answers to it."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tallystick.registry.model import SchemaRequest
from tallystick.registry.service import Registry
from tallystick.registry.store.memory import MemoryStore
from tallystick.server.app import ENDPOINTS, create_app
from tallystick.server.run import EmbeddedRegistry

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (one.method, path)
    for one in ENDPOINTS
    for path in (one.path, f"/contexts/{{context}}{one.path}")[: 1 + one.in_contexts]
]


@pytest.fixture(scope="module")
def described() -> schemathesis.BaseSchema:
    """The document of a registry with something in it."""
    registry = Registry(MemoryStore())
    for subject in ("0", ":.0:0"):
        registry.register(subject, SchemaRequest('"int"'))
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(registry))


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_an_answer_is_one_of_those_described(described: schemathesis.BaseSchema, method: str, path: str) -> None:
    """Whatever is asked, there is an answer of a status, a kind and a shape that the document names.

    That what it forbids is refused is not asked: a switch that is neither true nor false is off, as with Confluent's.
    """

    @settings(max_examples=5, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy())
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


def test_the_document_is_served_and_names_every_endpoint() -> None:
    """With those that are in every context, too."""
    with EmbeddedRegistry() as registry:
        document = httpx.get(f"{registry.url}/openapi.json").json()
    named = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    inside = {(one.method, f"/contexts/{{context}}{one.path}") for one in ENDPOINTS if one.in_contexts}

    assert {(one.method, one.path) for one in ENDPOINTS} | inside == named
