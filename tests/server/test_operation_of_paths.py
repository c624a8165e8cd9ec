"""What a path is about: the same for whoever routes it and for whoever guards it."""

from __future__ import annotations

import re

import pytest

from tallystick.server.app import ENDPOINTS
from tallystick.server.endpoint import Endpoint
from tallystick.server.operation import OTHER, Role, operation

READ, WRITE, ADMIN = Role.READ, Role.WRITE, Role.ADMIN


@pytest.mark.parametrize(
    ("request_", "role", "subject"),
    [
        ("GET /subjects/a/versions", READ, "a"),
        ("HEAD /subjects", READ, ""),
        ("POST /subjects/a", READ, "a"),
        ("POST /compatibility/subjects/a/versions/latest", READ, "a"),
        ("POST /subjects/a/versions", WRITE, "a"),
        ("POST /subjects/a/versions/", WRITE, "a"),
        ("POST /subjects/a/versions/1/tags", WRITE, "a"),
        ("POST /subjects/a%2Fb/versions", WRITE, "a/b"),
        ("POST /subjects/:.:a/versions", WRITE, "a"),
        ("POST /subjects/:.x:a/versions", WRITE, ":.x:a"),
        ("POST /contexts/.x/subjects/a/versions", WRITE, ":.x:a"),
        ("POST /contexts/x/subjects/a/versions", WRITE, ":.x:a"),
        ("POST /contexts/:.x:/subjects/a/versions", WRITE, ":.x:a"),
        ("POST /contexts/./subjects/a/versions", WRITE, "a"),
        ("POST /contexts/x/subjects/:.y:a/versions", ADMIN, ""),
        ("POST /subjects//versions", ADMIN, ""),
        ("DELETE /subjects/a", WRITE, "a"),
        ("DELETE /subjects/a?permanent=false", WRITE, "a"),
        ("DELETE /subjects/a?permanent=true", ADMIN, "a"),
        ("DELETE /subjects/a/versions/1?permanent=True", ADMIN, "a"),
        ("DELETE /subjects/a?permanent=false&permanent=true", ADMIN, "a"),
        ("PUT /config/a", WRITE, "a"),
        ("PUT /config/:.x:", ADMIN, ":.x:"),
        ("PUT /config/:.x", ADMIN, ":.x:"),
        ("POST /contexts/a:b/subjects/a/versions", ADMIN, ""),
        ("PUT /config/:.__GLOBAL:", ADMIN, ":.__GLOBAL:"),
        ("PUT /config", ADMIN, ""),
        ("PUT /contexts/x/config", ADMIN, ":.x:"),
        ("PUT /mode/a", ADMIN, "a"),
        ("PUT /mode", ADMIN, ""),
        ("DELETE /contexts/x", ADMIN, ""),
        ("PATCH /subjects/a", ADMIN, "a"),
        ("POST /what/ever", ADMIN, ""),
    ],
)
def test_a_request_takes_a_role_for_a_subject(request_: str, role: Role, subject: str) -> None:
    method, _, target = request_.partition(" ")
    path, _, query = target.partition("?")
    found = operation(method, path, query)

    assert (role, subject, role is not READ) == (found.role, found.subject, found.writes)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
@pytest.mark.parametrize("prefix", ["", "/contexts/.x"])
def test_every_endpoint_is_known(endpoint: Endpoint, prefix: str) -> None:
    """A path that is not known takes the role of an admin: too much to ask of those who read."""
    found = operation(endpoint.method, prefix + re.sub(r"{.*?}", "a", endpoint.path))

    assert OTHER != found.route
    assert found.writes or found.role is READ
    assert endpoint.method != "GET" or not found.writes
