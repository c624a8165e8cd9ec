"""Turn a registry's no into the error that it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tallystick import errors

_Refusals = Mapping[int, Callable[[Any], errors.RegistryError]]
_BY_SUBJECT: _Refusals = {
    40401: errors.SubjectNotFound,
    40408: errors.LevelNotConfigured,
    42203: lambda _: errors.InvalidLevel(),
    42208: errors.InvalidSubject,
}
_BY_DETAIL: _Refusals = {40402: errors.VersionNotFound, 40403: errors.SchemaNotFound, 42202: errors.InvalidVersion}
_BY_MESSAGE: _Refusals = {42201: errors.InvalidSchema, 42209: errors.SchemaTooLarge, 50001: errors.StoreFailed}
_LOGIN = "put user and password into the address (http://user:password@host), or set TALLY_REGISTRY_TOKEN"
_FIXES = {
    401: _LOGIN,
    403: f"ask for the right to do it, or come as someone who has it: {_LOGIN}",
    429: "try again later",
}
_MENDS = {
    40404: "delete it permanently to be rid of it; register a schema to bring it back",
    40405: "delete it once without permanent, then again with it",
    40406: "delete it permanently to be rid of it; register its schema to bring it back",
    40407: "delete it once without permanent, then again with it",
    42205: "look at the mode of the subject: tally registry config SUBJECT",
    42206: "delete first what refers to it",
}
# What stands in front of a registry answers these, with a body of its own.
_WITHOUT_BODY = {401, 403, 413, 429}


def refusal(response: httpx.Response, answer: Any, url: str, subject: str, detail: Any) -> errors.TallyError:
    """Return the error of an answer. It names the registry and the status beside the registry's own message."""
    status = response.status_code
    match answer:
        case {"message": str(message), "error_code": int(code)}:
            pass
        case _ if status in _WITHOUT_BODY:
            message, code = response.reason_phrase, status
        case _:
            return no_registry(url, f"it answered HTTP {status} without an error code and a message")
    error = _of_code(status, code, message, subject, detail)
    error.fix = error.fix or _MENDS.get(code)
    error.message = f"{error.message} ({url} answered HTTP {status})"
    error.args = (error.message,)
    return error


def no_registry(url: str, problem: str) -> errors.RegistryUnavailable:
    """Return the error of an answer that no registry gives."""
    return errors.RegistryUnavailable(
        f"{url} does not answer like a schema registry: {problem}",
        fix="check the address; a path before the API (such as /apis/ccompat/v7) belongs into it",
    )


def _of_code(status: int, code: int, message: str, subject: str, detail: Any) -> errors.RegistryError:
    for table, fact in ((_BY_SUBJECT, subject), (_BY_DETAIL, detail), (_BY_MESSAGE, message)):
        if code in table:
            return table[code](fact)
    if status == httpx.codes.CONFLICT:
        found = re.search(r"details: \[(.*)\]\s*\Z", message, re.DOTALL)
        return errors.IncompatibleSchema(subject, [found[1] if found else message])
    return errors.RequestRefused(message, status=status, code=code, fix=_FIXES.get(status))
