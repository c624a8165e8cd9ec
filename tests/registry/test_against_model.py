"""A registry beside a model of it that is too simple to be wrong, under the same commands in any order."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tallystick import errors
from tallystick.registry.model import SchemaReference, SchemaRequest, dump_event, load_event
from tallystick.registry.service import Registry
from tallystick.registry.store.memory import MemoryStore

SUBJECTS = st.sampled_from(["a", "b", ":.x:a"])
TEXTS = st.sampled_from(['"int"', '"long"', '"string"', '"T"'])  # T is a type of subject `t`
OWNERS = st.sampled_from([None, "me", "you"])
TYPE = '{"type":"fixed","name":"T","size":2}'
REFERENCE = SchemaReference("T", ":.:t", 1)
READABLE_AFTER = {'"int"': {'"int"'}, '"long"': {'"int"', '"long"'}, '"string"': {'"string"'}, '"T"': {'"T"'}}
"""Which schemas may have written what one of these reads: the Avro specification, "Schema Resolution"."""


@dataclass
class Kept:
    """A version as the model keeps it: the schema is a text and an owner."""

    schema: tuple[str, str | None]
    id: int
    deleted: bool = False


def context(subject: str) -> str:
    return subject[: subject.rfind(":") + 1]


class RegistryMachine(RuleBasedStateMachine):
    """The model has a dictionary of versions a subject, and the ids of each context."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.registries = [Registry(self.store), Registry(self.store)]
        self.turn = 0
        self.subjects: dict[str, dict[int, Kept]] = {}
        self.highest: dict[str, int] = {"": 0, ":.x:": 0}
        self.level: dict[str, str] = {}
        self.readonly: set[str] = set()

    @property
    def registry(self) -> Registry:
        """Return the two nodes in turn: what one wrote, the other must know."""
        self.turn += 1
        return self.registries[self.turn % 2]

    @initialize()
    def define_the_type(self) -> None:
        """Begin with a type for others to refer to."""
        self.registry.register("t", SchemaRequest(TYPE))
        self.subjects["t"] = {1: Kept((TYPE, None), 1)}
        self.highest[""] = 1

    def live(self, subject: str) -> dict[int, Kept]:
        """Return the versions that are not deleted."""
        return {number: kept for number, kept in self.subjects.get(subject, {}).items() if not kept.deleted}

    def ids(self, where: str) -> dict[tuple[str, str | None], int]:
        """Return the ids of a context."""
        return {
            kept.schema: kept.id
            for subject, versions in self.subjects.items()
            if context(subject) == where
            for kept in versions.values()
        }

    def refers(self) -> bool:
        """Say whether something refers to the type."""
        return any(kept.schema[0] == '"T"' for name in self.subjects for kept in self.live(name).values())

    def request(self, text: str, owner: str | None) -> SchemaRequest:
        """Return a schema as a client sends it."""
        references = (REFERENCE,) if text == '"T"' else ()
        return SchemaRequest(text, references=references, metadata={"properties": {"owner": owner}} if owner else {})

    @rule(subject=SUBJECTS, text=TEXTS, owner=OWNERS)
    def register(self, subject: str, text: str, owner: str | None) -> None:
        """Register what may be there, may not fit, or is new."""
        schema, live = (text, owner), self.live(subject)
        if subject in self.readonly:
            assert errors.NotPermitted is self.refusal(lambda: self.registry.register(subject, self.request(*schema)))
            return
        if text == '"T"' and not self.live("t"):
            assert errors.InvalidSchema is self.refusal(lambda: self.registry.register(subject, self.request(*schema)))
            return
        known = [number for number, kept in live.items() if kept.schema == schema]
        if known:
            assert known[-1] == self.registry.register(subject, self.request(*schema)).version
            return
        if live and self.level.get(subject) != "NONE" and live[max(live)].schema[0] not in READABLE_AFTER[text]:
            refused = self.refusal(lambda: self.registry.register(subject, self.request(*schema)))

            assert errors.IncompatibleSchema is refused
            return
        versions = self.subjects.setdefault(subject, {})
        number = max(versions, default=0) + 1
        where = context(subject)
        schema_id = self.ids(where).get(schema) or self.highest[where] + 1
        self.highest[where] = max(self.highest[where], schema_id)
        for old in [old for old, kept in versions.items() if kept.deleted and kept.id == schema_id]:
            del versions[old]
        versions[number] = Kept(schema, schema_id)
        found = self.registry.register(subject, self.request(*schema))

        assert (number, schema_id) == (found.version, found.id)

    @rule(subject=SUBJECTS, level=st.sampled_from(["NONE", "BACKWARD"]))
    def set_level(self, subject: str, level: str) -> None:
        """Let anything follow, or only what reads the version before."""
        refused = self.refusal(lambda: self.registry.set_level(subject, level))

        assert (errors.NotPermitted if subject in self.readonly else None) is refused
        if refused is None:
            self.level[subject] = level

    @rule(subject=SUBJECTS, mode=st.sampled_from(["READONLY", "READWRITE"]))
    def set_mode(self, subject: str, mode: str) -> None:
        """Forbid to write, or allow it."""
        self.registry.configuration.set_mode(subject, mode)
        self.readonly = self.readonly | {subject} if mode == "READONLY" else self.readonly - {subject}

    @precondition(lambda self: any(self.subjects.values()))
    @rule(data=st.data(), permanent=st.booleans())
    def delete_version(self, data: st.DataObject, *, permanent: bool) -> None:
        """Delete a version, in either step."""
        subject = data.draw(st.sampled_from(sorted(name for name, versions in self.subjects.items() if versions)))
        number = data.draw(st.sampled_from(sorted(self.subjects[subject])))
        expected = self.fate(subject, number, permanent=permanent)
        got = self.refusal(lambda: self.registry.delete_version(subject, number, permanent=permanent))

        assert expected is got
        if expected is None and permanent:
            self.drop(subject, [number])
        elif expected is None:
            self.subjects[subject][number].deleted = True

    def fate(self, subject: str, number: int, *, permanent: bool) -> type[errors.RegistryError] | None:
        """Return how deleting a version is refused; None: it is not."""
        kept = self.subjects[subject][number]
        if subject in self.readonly:
            return errors.NotPermitted
        if kept.deleted and not permanent:
            return errors.VersionSoftDeleted
        if subject == "t" and self.refers():
            return errors.ReferenceExists
        return errors.VersionNotSoftDeleted if permanent and not kept.deleted else None

    @rule(subject=SUBJECTS, permanent=st.booleans())
    def delete_subject(self, subject: str, *, permanent: bool) -> None:
        """Delete a subject, in either step."""
        versions, live = self.subjects.get(subject, {}), self.live(subject)
        expected: type[Exception] | None = None
        if subject in self.readonly:
            expected = errors.NotPermitted
        elif not versions:
            expected = errors.SubjectNotFound
        elif permanent and live:
            expected = errors.SubjectNotSoftDeleted
        elif not permanent and not live:
            expected = errors.SubjectSoftDeleted
        got = self.refusal(lambda: self.registry.delete_subject(subject, permanent=permanent))

        assert expected is got
        if expected is None and permanent:
            self.drop(subject, list(versions))
        elif expected is None:
            for kept in live.values():
                kept.deleted = True

    def drop(self, subject: str, numbers: list[int]) -> None:
        """Forget versions; the last one takes the level along."""
        for number in numbers:
            del self.subjects[subject][number]
        if not self.subjects[subject]:
            self.level.pop(subject, None)

    @rule(subject=SUBJECTS, text=TEXTS, owner=OWNERS)
    def look_up(self, subject: str, text: str, owner: str | None) -> None:
        """Find the newest version of a schema."""
        if text == '"T"' and not self.subjects.get("t"):
            return
        numbers = [number for number, kept in self.live(subject).items() if kept.schema == (text, owner)]
        if numbers:
            assert numbers[-1] == self.registry.lookup(subject, self.request(text, owner)).version
        elif subject != "a" and owner:
            refused = self.refusal(lambda: self.registry.lookup(subject, self.request(text, owner)))

            assert (errors.SchemaNotFound if self.live(subject) else errors.SubjectNotFound) is refused

    @invariant()
    def both_say_the_same(self) -> None:
        """Also a registry that reads the log as it is stored."""
        stored = MemoryStore()
        stored.append([load_event(dump_event(event)) for event in self.store.read()], expected=0)
        again = Registry(stored)
        for registry in (*self.registries, again):
            assert sorted(name for name in self.subjects if self.live(name)) == registry.subjects()
            for name, versions in self.subjects.items():
                if versions:
                    known = {one.version: (one.id, one.deleted) for one in registry.versions(name, deleted=True)}

                    assert {number: (kept.id, kept.deleted) for number, kept in versions.items()} == known
            for where in self.highest:
                for (text, _), schema_id in self.ids(where).items():
                    assert text == registry.schema(schema_id, where).text

    @staticmethod
    def refusal(call: object) -> type[Exception] | None:
        """Return what a call raises; None: it does not."""
        try:
            call()  # type: ignore[operator]  # a function of no arguments
        except errors.RegistryError as error:
            return type(error)
        return None


TestRegistryAgainstModel = RegistryMachine.TestCase
TestRegistryAgainstModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
