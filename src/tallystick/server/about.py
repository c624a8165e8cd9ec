"""What the registry says of itself over HTTP: its contexts, its version, and that it is there."""

from __future__ import annotations

from typing import Any

from tallystick import __version__
from tallystick.registry.names import context_name
from tallystick.registry.service import Registry
from tallystick.server.call import Call
from tallystick.server.endpoint import TEXT, Endpoint, Schema, listed


def _contexts(registry: Registry, call: Call) -> Any:
    prefix = call.query.get("contextPrefix", "")
    return call.page([context for context in registry.contexts() if context.startswith(prefix)])


def _delete_context(registry: Registry, call: Call) -> Any:
    registry.delete_context(context_name(call.path["context"]))


def _cluster(_registry: Registry, _call: Call) -> Any:
    return {"scope": {"path": [], "clusters": {"kafka-cluster": "", "schema-registry-cluster": "schema-registry"}}}


_OBJECT: Schema = {"type": "object"}

ENDPOINTS = (
    Endpoint("GET", "/", "Say that the registry is there", lambda *_: {}, returns=_OBJECT, in_contexts=False),
    Endpoint(
        "GET", "/contexts", "List contexts", _contexts,
        query=("contextPrefix", "offset", "limit"), returns=listed(TEXT), in_contexts=False,
    ),
    Endpoint(
        "DELETE", "/contexts/{context}", "List a context without subjects no more", _delete_context,
        errors=(42205, 42208, 42211), in_contexts=False,
    ),
    Endpoint("GET", "/v1/metadata/id", "Name the registry", _cluster, returns=_OBJECT, in_contexts=False),
    Endpoint(
        "GET", "/v1/metadata/version", "Give the registry's version",
        lambda *_: {"version": __version__, "commitId": ""}, returns=_OBJECT, in_contexts=False,
    ),
    Endpoint(
        "GET", "/v1/metadata/deployment", "Say how the registry is run", lambda *_: {"attributes": []},
        returns=_OBJECT, in_contexts=False,
    ),
    Endpoint(
        "GET", "/master_available", "Say that this node takes writes: every node does",
        lambda *_: {"master_available": True}, returns=_OBJECT, in_contexts=False,
    ),
)  # fmt: skip
