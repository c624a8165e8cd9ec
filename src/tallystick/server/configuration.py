"""Settings, modes and compatibility checks over HTTP."""

from __future__ import annotations

from typing import Any

from tallystick.errors import InvalidMode, InvalidSchema
from tallystick.registry.service import Registry
from tallystick.registry.settings import LEVEL
from tallystick.server.call import Call, check_members
from tallystick.server.endpoint import Endpoint, named


def _settings(registry: Registry, call: Call) -> Any:
    return registry.configuration.settings(call.scope, or_global=call.asks("defaultToGlobal"))


def _change(registry: Registry, call: Call) -> Any:
    # The request and its answer call the level `compatibility`; all others call it `compatibilityLevel`.
    found = registry.configuration.change(call.scope, call.body)
    return {"compatibility" if name == LEVEL else name: value for name, value in found.items()}


def _forget(registry: Registry, call: Call) -> Any:
    return registry.configuration.forget(call.scope)


def _mode(registry: Registry, call: Call) -> Any:
    return {"mode": registry.configuration.mode(call.scope, or_global=call.asks("defaultToGlobal"))}


def _set_mode(registry: Registry, call: Call) -> Any:
    check_members(call.body, ("mode",))
    mode = call.body.get("mode")
    if not isinstance(mode, str):
        raise InvalidMode
    return {"mode": registry.configuration.set_mode(call.scope, mode, force=call.asks("force"))}


def _forget_mode(registry: Registry, call: Call) -> Any:
    return {"mode": registry.configuration.forget_mode(call.scope, recursive=call.asks("recursive"))}


def _compatibility(registry: Registry, call: Call) -> Any:
    try:
        messages = registry.incompatibilities(
            call.subject, call.schema(), call.path.get("version"), normalize=call.asks("normalize")
        )
    except InvalidSchema as error:
        if not call.asks("verbose"):
            raise
        messages = [str(error)]
    return {"is_compatible": not messages} | ({"messages": messages} if call.asks("verbose") else {})


def _scoped(
    path: str, what: str, *, errors: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
) -> tuple[Endpoint, ...]:
    """Return the endpoints of settings and modes, of everything or of a subject."""
    of_settings = path.startswith("/config")
    answers = (_settings, _change, _forget) if of_settings else (_mode, _set_mode, _forget_mode)
    entity, request = (named("Config"), named("ConfigRequest")) if of_settings else (named("Mode"), named("Mode"))
    getting, setting, forgetting = errors
    return (
        Endpoint("GET", path, f"Get {what}", answers[0], query=("defaultToGlobal",), returns=entity, errors=getting),
        Endpoint(
            "PUT", path, f"Set {what}", answers[1],
            query=() if of_settings else ("force",), body=request, returns=request, errors=setting,
        ),
        Endpoint(
            "DELETE", path, f"Forget {what}", answers[2],
            query=() if of_settings else ("recursive",), returns=entity, errors=forgetting,
        ),
    )  # fmt: skip


_CONFIG_ERRORS = (422, 42201, 42203, 42205, 42210)
_MODE_ERRORS = (422, 42204, 42205, 42206)
_CHECK = "/compatibility/subjects/{subject}/versions"

ENDPOINTS = (
    *_scoped("/config", "the settings of all subjects that have none", errors=((), _CONFIG_ERRORS, (42205,))),
    *_scoped(
        "/config/{subject}", "the settings of a subject",
        errors=((40408, 42208), (*_CONFIG_ERRORS, 42208), (40401, 42205, 42208)),
    ),
    *_scoped("/mode", "the mode of all subjects that have none", errors=((), _MODE_ERRORS, (40401,))),
    *_scoped(
        "/mode/{subject}", "the mode of a subject", errors=((40409, 42208), (*_MODE_ERRORS, 42208), (40401, 42208)),
    ),
    Endpoint(
        "POST", _CHECK, "Ask whether a schema may follow all versions that count", _compatibility,
        query=("normalize", "verbose"), body=named("SchemaRequest"), returns=named("Compatibility"),
        errors=(42201, 42205, 42209, 42210),
    ),
    Endpoint(
        "POST", f"{_CHECK}/{{version}}", "Ask whether a schema may follow one version", _compatibility,
        query=("normalize", "verbose"), body=named("SchemaRequest"), returns=named("Compatibility"),
        errors=(40402, 42201, 42202, 42205, 42209, 42210),
    ),
)  # fmt: skip
