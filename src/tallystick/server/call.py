"""A request, taken apart: what it is about, what it asks for, and the schema or settings in its body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from tallystick.errors import InvalidSchema, RequestRefused
from tallystick.registry.extras import read_metadata, read_rules
from tallystick.registry.model import SchemaReference, SchemaRequest
from tallystick.registry.names import ALL_CONTEXTS, DEFAULT_CONTEXT, qualified, whole
from tallystick.schema.types import Format

MAX_ID = 2**31 - 1
PAGE = 1000
"""How many schemas a list has, where nobody asks for less: as many as Confluent's registry gives."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, taken apart. `body` is empty for methods that have none; `context` is the path's, if it names one."""

    path: Mapping[str, str]
    query: QueryParams
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    context: str = DEFAULT_CONTEXT

    @property
    def subject(self) -> str:
        """Return the subject in the path; in the path's context, if it names none itself."""
        return self._qualified(self.path["subject"])

    @property
    def scope(self) -> str | None:
        """Return what settings are about: the subject in the path, or the whole context."""
        return self.subject if "subject" in self.path else whole(self.context)

    @property
    def context_subject(self) -> str:
        """Return the subject in the query, which says what context an id is of."""
        return self._qualified(self.query.get("subject", ""))

    @property
    def prefix(self) -> str:
        """Return how the subjects begin that a list is about: every one in every context, or in the path's one."""
        given = self.query.get("subjectPrefix", "")
        if self.context != DEFAULT_CONTEXT:
            return self._qualified(given.removeprefix(ALL_CONTEXTS))
        return given or ALL_CONTEXTS

    @property
    def id(self) -> int:
        """Return the id in the path. HTTPException: it is none."""
        if not re.fullmatch("[0-9]{1,10}", self.path["id"]) or int(self.path["id"]) > MAX_ID:
            raise HTTPException(404)
        return int(self.path["id"])

    @property
    def knows_new_members(self) -> bool:
        """Say whether the client takes members that older ones refuse.

        Confluent's clients say so since 7.7; the one for Python only where it sends a body, though it always takes them.
        """
        says_so = self.headers.get("confluent-accept-unknown-properties", "").lower() == "true"
        return says_so or self.headers.get("confluent-client-version", "").startswith("python/")

    def asks(self, name: str) -> bool:
        """Say whether a switch is on. Python's clients write `True`, all others `true`."""
        return self.query.get(name, "").lower() == "true"

    def page(self, items: Sequence[T], most: int | None = None) -> Sequence[T]:
        """Return the part that `offset` and `limit` ask for. A limit that is no number above 0, or too high, is `most`."""
        offset, limit = self.query.get("offset", ""), self.query.get("limit", "")
        rest = items[int(offset) :] if re.fullmatch("[0-9]{1,9}", offset) else items
        count = int(limit) if re.fullmatch("0*[1-9][0-9]{0,9}", limit) else most
        return rest[: count if most is None or count is None else min(count, most)]

    def schema(self) -> SchemaRequest:
        """Return the schema in the body. Clients send more than that, and it counts for nothing, as in Confluent's.

        Raises:
            InvalidSchema, InvalidRuleSet: a member is not what its name asks for.
        """
        text, kind = self.body.get("schema"), self.body.get("schemaType")
        if not isinstance(text, str | None):
            raise InvalidSchema("'schema' must be the schema's text, as a JSON string")
        schema_id, version = self._number("id"), self._number("version")
        tags = {"add_tags": self.tags("schemaTagsToAdd"), "remove_tags": self.tags("schemaTagsToRemove")}
        if version is None and any(tags.values()):
            version = -1  # a version that the registry edits says which one it is, as in Confluent's
        return SchemaRequest(
            text or "",
            Format.AVRO if kind is None else str(kind),
            tuple(_reference(one) for one in self._listed("references")),
            metadata=read_metadata(self.body.get("metadata")),
            rule_set=read_rules(self.body.get("ruleSet")),
            id=None if schema_id is None or schema_id < 0 else schema_id,
            version=version,
            propagate_tags=self.body.get("propagateSchemaTags") is True,
            **tags,
        )

    def tags(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return tags in the body by the place that they are for."""
        return dict(_tagged(one, name) for one in self._listed(name))

    def _number(self, name: str) -> int | None:
        value = self.body.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not -1 <= value <= MAX_ID:
            raise InvalidSchema(f"'{name}' is a number up to {MAX_ID}")
        return value

    def _listed(self, name: str) -> list[Any]:
        value = self.body.get(name) or []
        if not isinstance(value, list):
            raise InvalidSchema(f"'{name}' must be a list")
        return value

    def _qualified(self, subject: str) -> str:
        return subject if subject.startswith((":.", ALL_CONTEXTS)) else qualified(self.context, subject)


def check_members(body: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse a body with members that nobody would read. RequestRefused names the first one."""
    for name, value in body.items():
        if name not in known and value is not None:
            raise RequestRefused(f"Unrecognized field: {name}", status=422)


def _reference(value: Any) -> SchemaReference:
    match value:
        case {"name": str(name), "subject": str(subject), "version": int(version)}:
            return SchemaReference(name, subject, version)
    raise InvalidSchema("a reference has a 'name', a 'subject' and a 'version', a number")


def _tagged(value: Any, name: str) -> tuple[str, tuple[str, ...]]:
    match value:
        case {"schemaEntity": {"entityPath": str(path)}, "tags": list(tags)} if all(isinstance(t, str) for t in tags):
            return path, tuple(tags)
    raise InvalidSchema(f"'{name}' has a 'schemaEntity' with an 'entityPath', and 'tags', a list of texts")
