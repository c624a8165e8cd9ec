"""Turn a registry's no into the error that it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tallystick import errors


@dataclass(frozen=True, slots=True)
class _No:
    subject: str
    detail: Any
    """The version, or the id, that was asked for."""
    message: str


_KINDS: Mapping[int, Callable[[_No], errors.RegistryError]] = {
    40401: lambda no: errors.SubjectNotFound(no.subject),
    40402: lambda no: errors.VersionNotFound(no.detail),
    40403: lambda no: errors.SchemaNotFound(no.detail),
    40404: lambda no: errors.SubjectSoftDeleted(no.subject),
    40405: lambda no: errors.SubjectNotSoftDeleted(no.subject),
    40406: lambda no: errors.VersionSoftDeleted(no.subject, no.detail),
    40407: lambda no: errors.VersionNotSoftDeleted(no.subject, no.detail),
    40408: lambda no: errors.LevelNotConfigured(no.subject),
    40409: lambda no: errors.ModeNotConfigured(no.subject),
    42201: lambda no: errors.InvalidSchema(no.message),
    42202: lambda no: errors.InvalidVersion(str(no.detail)),
    42203: lambda _: errors.InvalidLevel(),
    42204: lambda _: errors.InvalidMode(),
    42205: lambda no: errors.NotPermitted(no.message),
    42206: lambda no: errors.ReferenceExists(no.subject, no.detail),
    42207: lambda no: errors.IdDoesNotMatch(no.message),
    42208: lambda no: errors.InvalidSubject(no.subject),
    42209: lambda no: errors.SchemaTooLarge(no.message),
    42210: lambda no: errors.InvalidRuleSet(no.message),
    42211: lambda no: errors.ContextNotEmpty(no.subject),
    50001: lambda no: errors.StoreFailed(no.message),
}
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
    error = _of_code(status, code, _No(subject, detail, message))
    error.fix = error.fix or _MENDS.get(code)
    error.message = f"{message} ({url} answered HTTP {status})"
    error.args = (error.message,)
    return error


def no_registry(url: str, problem: str) -> errors.RegistryUnavailable:
    """Return the error of an answer that no registry gives."""
    return errors.RegistryUnavailable(
        f"{url} does not answer like a schema registry: {problem}",
        fix="check the address; a path before the API (such as /apis/ccompat/v7) belongs into it",
    )


def _of_code(status: int, code: int, no: _No) -> errors.RegistryError:
    if code in _KINDS:
        return _KINDS[code](no)
    if status == httpx.codes.CONFLICT:
        found = re.search(r"details: \[(.*)\]\s*\Z", no.message, re.DOTALL)
        return errors.IncompatibleSchema(no.subject, [found[1] if found else no.message])
    return errors.RequestRefused(no.message, status=status, code=code, fix=_FIXES.get(status))
