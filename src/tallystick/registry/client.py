"""The client of any registry that speaks Confluent's REST API."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from tallystick import errors
from tallystick.contract.modes import Mode
from tallystick.registry.model import RegisteredSchema, SchemaReference
from tallystick.schema.types import Format

MAX_TRIES = 4
_BACKOFF_SECONDS = 0.1
_PASSING = {500, 502, 503, 504}
_KIND = "application/vnd.schemaregistry.v1+json"
_HEADERS = {
    "Accept": f"{_KIND}, application/vnd.schemaregistry+json, application/json",
    "Content-Type": _KIND,
    "Confluent-Accept-Unknown-Properties": "true",  # asks new servers for the version in the answer to registering
}
_Refusals = Mapping[int, Callable[[Any], errors.RegistryError]]
_BY_SUBJECT: _Refusals = {
    40401: errors.SubjectNotFound,
    40408: errors.LevelNotConfigured,
    42203: lambda _: errors.InvalidLevel(),
    42208: errors.InvalidSubject,
}
_BY_DETAIL: _Refusals = {40402: errors.VersionNotFound, 40403: errors.SchemaNotFound, 42202: errors.InvalidVersion}
_BY_MESSAGE: _Refusals = {42201: errors.InvalidSchema, 42209: errors.SchemaTooLarge, 50001: errors.StoreFailed}

T = TypeVar("T")


class RegistryClient:
    """Talks to one registry, from any number of threads. User and password may stand in the URL.

    A call is sent again when the connection breaks or the server stumbles: all are idempotent, `register` too, since
    the same text gives the same version. All raise RegistryUnavailable when no registry answers, and the RegistryError
    that its error code stands for when it says no.
    """

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        address = _parsed(url)
        self.url = str(address.copy_with(userinfo=b"")).rstrip("/")
        credentials = (address.username, address.password) if address.userinfo else None
        self._http = httpx.Client(auth=credentials, timeout=timeout, headers=_HEADERS)
        self._texts: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def schema_text(self, schema_id: int) -> str:
        """Return the text of an id. An id's text never changes, so it is asked for once."""
        if schema_id not in self._texts:
            answer = self._ask("GET", f"/schemas/ids/{schema_id}", detail=schema_id)
            self._texts[schema_id] = self._take(answer, "schema", str)
        return self._texts[schema_id]

    def lookup(self, subject: str, text: str) -> RegisteredSchema:
        """Return the version of a subject that has this schema, in Avro."""
        return self._lookup(subject, {"schema": text})

    def register(
        self,
        subject: str,
        text: str,
        metadata: Mapping[str, Any] | None = None,
        *,
        schema_type: Format = Format.AVRO,
        references: Sequence[SchemaReference] = (),
    ) -> RegisteredSchema:
        """Return the version of a subject that has this schema, after making it if there is none.

        Raises:
            NotPublished: the registry took the schema and dropped its metadata, as many do.
        """
        # What is usual is left out, as the registry does it: older ones do not know all of it.
        body: dict[str, Any] = {"schema": text} | ({"metadata": metadata} if metadata else {})
        body |= {} if schema_type is Format.AVRO else {"schemaType": str(schema_type)}
        body |= {"references": [asdict(reference) for reference in references]} if references else {}
        answer = self._ask("POST", f"/subjects/{_step(subject)}/versions", body, subject=subject)
        if isinstance(answer, dict) and answer.keys() >= {"version", "schema"}:
            registered = self._registered({**answer, "subject": subject})
        else:
            registered = self._lookup(subject, body)
        if metadata and not registered.metadata:
            registered = self.version(subject, registered.version)
        if not _keeps(registered.metadata, metadata or {}):
            problem = f"the registry took version {registered.version} of '{subject}' and did not keep its metadata"
            raise errors.NotPublished(problem, fix="use a registry that keeps metadata, or take it out of the contract")
        return registered

    def _lookup(self, subject: str, body: Mapping[str, Any]) -> RegisteredSchema:
        return self._registered(self._ask("POST", f"/subjects/{_step(subject)}", body, subject=subject))

    def versions(self, subject: str) -> list[int]:
        """Return the version numbers of a subject."""
        return self._list(self._ask("GET", f"/subjects/{_step(subject)}/versions", subject=subject), int)

    def version(self, subject: str, version: int | str) -> RegisteredSchema:
        """Return a version of a subject: a number, or `latest`."""
        path = f"/subjects/{_step(subject)}/versions/{_step(str(version))}"
        return self._registered(self._ask("GET", path, subject=subject, detail=version))

    def subjects(self) -> list[str]:
        """Return all subjects."""
        return self._list(self._ask("GET", "/subjects"), str)

    def level(self, subject: str) -> Mode:
        """Return the compatibility level that holds for a subject: its own, or else the global one."""
        level = self._take(self._config(subject), "compatibilityLevel", str)
        if level not in list(Mode):
            raise self._no_registry(f"it names a compatibility level '{level}'")
        return Mode(level)

    def group(self, subject: str) -> str | None:
        """Return the metadata property that groups a subject's versions, if there is one."""
        group = self._config(subject).get("compatibilityGroup")
        return group if isinstance(group, str) else None

    def _config(self, subject: str) -> Any:
        try:
            return self._ask("GET", f"/config/{_step(subject)}?defaultToGlobal=true", subject=subject)
        except (errors.LevelNotConfigured, errors.SubjectNotFound):  # older servers do not know the parameter
            return self._ask("GET", "/config")

    def set_level(self, subject: str, level: Mode, group: str | None = None) -> None:
        """Set the compatibility level of a subject, which need not exist yet, and the property that groups its versions."""
        body = {"compatibility": str(level)} | ({"compatibilityGroup": group} if group else {})
        self._ask("PUT", f"/config/{_step(subject)}", body, subject=subject)

    def _ask(self, method: str, path: str, body: Any = None, *, subject: str = "", detail: Any = None) -> Any:
        response = self._send(method, path, body)
        try:
            answer = response.json()
        except ValueError:
            raise self._no_registry(f"it answered HTTP {response.status_code} and no JSON") from None
        if response.is_success:
            return answer
        message, code = self._take(answer, "message", str), self._take(answer, "error_code", int)
        raise _refusal(response.status_code, code, message, subject, detail)

    def _send(self, method: str, path: str, body: Any) -> httpx.Response:
        for attempt in range(1, MAX_TRIES + 1):
            try:
                response = self._http.request(method, self.url + path, json=body)
                if response.status_code not in _PASSING or attempt == MAX_TRIES:
                    return response
            except httpx.HTTPError as error:
                late = isinstance(error, httpx.TimeoutException)
                if late or attempt == MAX_TRIES:
                    problem = "it did not answer in time" if late else str(error) or type(error).__name__
                    fix = "check the address, and that the registry runs; `tally serve` runs one here"
                    message = f"the schema registry at {self.url} can't be reached: {problem}"
                    raise errors.RegistryUnavailable(message, fix=fix) from error
            # Full jitter: clients that failed together do not come back together.
            time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))  # noqa: S311  # no secret depends on it
        raise AssertionError("the last attempt returns or raises")

    def _registered(self, answer: Any) -> RegisteredSchema:
        version, schema_id = self._take(answer, "version", int), self._take(answer, "id", int)
        metadata = answer.get("metadata")
        return RegisteredSchema(
            subject=self._take(answer, "subject", str),
            version=version,
            id=schema_id,
            text=self._take(answer, "schema", str),
            metadata=metadata if isinstance(metadata, dict) else {},
            schema_type=str(answer.get("schemaType") or Format.AVRO),
            references=tuple(self._reference(reference) for reference in answer.get("references") or ()),
        )

    def _reference(self, answer: Any) -> SchemaReference:
        name, subject = self._take(answer, "name", str), self._take(answer, "subject", str)
        return SchemaReference(name, subject, self._take(answer, "version", int))

    def _take(self, answer: Any, name: str, kind: type[T]) -> T:
        value = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(value, kind):
            raise self._no_registry(f"its answer has no '{name}'")
        return value

    def _list(self, answer: Any, kind: type[T]) -> list[T]:
        if not isinstance(answer, list) or not all(isinstance(item, kind) for item in answer):
            raise self._no_registry("its answer is not a list")
        return answer

    def _no_registry(self, problem: str) -> errors.RegistryUnavailable:
        return errors.RegistryUnavailable(
            f"{self.url} does not answer like a schema registry: {problem}",
            fix="check the address; a path before the API (such as /apis/ccompat/v7) belongs into it",
        )


def _parsed(url: str) -> httpx.URL:
    """Return a URL with its parts. A bad one is not shown: it may carry a password."""
    try:
        address = httpx.URL(url.strip())
    except httpx.InvalidURL:
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host or address.query or address.fragment:
        raise errors.UsageError("the registry's address is not a URL", fix="write it like http://127.0.0.1:8081")
    return address


def _keeps(kept: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Say whether all that was sent is there. A registry may add to it: defaults, and a version of its own."""
    return all(
        _keeps(kept.get(name) or {}, value) if isinstance(value, dict) else not value or kept.get(name) == value
        for name, value in sent.items()
    )


def _step(text: str) -> str:
    """Return a text as one step of a path."""
    return quote(text, safe="")


def _refusal(status: int, code: int, message: str, subject: str, detail: Any) -> errors.RegistryError:
    for table, fact in ((_BY_SUBJECT, subject), (_BY_DETAIL, detail), (_BY_MESSAGE, message)):
        if code in table:
            return table[code](fact)
    if status == httpx.codes.CONFLICT:
        found = re.search(r"details: \[(.*)\]\s*\Z", message, re.DOTALL)
        return errors.IncompatibleSchema(subject, [found[1] if found else message])
    fix = "put user and password into the address: http://user:password@host" if status in (401, 403) else None
    return errors.RequestRefused(message, status=status, code=code, fix=fix)
