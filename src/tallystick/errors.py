"""Every exception that tallystick raises on purpose, and the exit code that each one means.

TallyError                     exit code 3: something failed
├── InputError                 1: a file says what it must not; knows file, line, column
│   ├── UnreadableFile         FILE101  not UTF-8, too large, not a file
│   ├── InvalidJson            FILE102  not JSON (duplicate keys included)
│   ├── InvalidYaml            FILE103  not YAML (duplicate keys included)
│   ├── InvalidAvro            FILE104  JSON or IDL, but not an Avro schema
│   ├── InvalidContract        FILE105  YAML, but not an ODCS contract that we can use
│   ├── InvalidWorkspace       FILE106  YAML, but not a workspace file
│   ├── InvalidRelease         FILE107  a released version is incomplete or was edited by hand
│   ├── UnsupportedSchema      FILE108  a schema that no Python code can be made of
│   ├── InvalidIdl             FILE109  not Avro IDL
│   └── InvalidProto           FILE110  not a .proto file that protoc takes
├── UsageError                 2: the command was asked for what cannot be
│   ├── NoContracts
│   ├── UnknownContract
│   ├── UnknownCode
│   └── UnknownBaseline
├── Unavailable                3: the other side is away, or refuses to talk
│   ├── GitUnavailable
│   ├── RegistryUnavailable
│   └── BrokerUnavailable
│       └── DeliveryFailed     knows topic, count, first reason
├── TopicDiffers               3: a topic is there already, and not as its contract says
├── NotPublished               3: the registry does not have a producer's schema
├── RegistryError              3: the registry answered, and the answer is no; knows HTTP status and error code
│   ├── SubjectNotFound        404 40401
│   ├── VersionNotFound        404 40402
│   ├── SchemaNotFound         404 40403
│   ├── SubjectSoftDeleted     404 40404
│   ├── SubjectNotSoftDeleted  404 40405
│   ├── VersionSoftDeleted     404 40406
│   ├── VersionNotSoftDeleted  404 40407
│   ├── LevelNotConfigured     404 40408
│   ├── ModeNotConfigured      404 40409
│   ├── IncompatibleSchema     409 409; exit code 1
│   ├── InvalidSchema          422 42201
│   ├── InvalidVersion         422 42202
│   ├── InvalidLevel           422 42203
│   ├── InvalidMode            422 42204
│   ├── NotPermitted           422 42205
│   ├── ReferenceExists        422 42206
│   ├── IdDoesNotMatch         422 42207
│   ├── InvalidSubject         422 42208
│   ├── SchemaTooLarge         422 42209
│   ├── InvalidRuleSet         422 42210
│   ├── ContextNotEmpty        422 42211
│   ├── StoreFailed            500 50001
│   └── RequestRefused         any other status and code, which it is told
├── Conflict                   a store's log has grown since it was read: read again, decide again
├── UnknownEvent               a store holds an event of a later tallystick
├── CodecError                 a value and a schema do not fit
│   ├── EncodeError
│   ├── DecodeError
│   ├── RuleBroken             knows rule, values of the fields that it names
│   └── UndecodableMessage     knows topic, partition, offset
├── NotConverted               1: what tally encode or decode was given is no message of the contract
├── NoValueFound               3: no fake value keeps the rules of its contract
└── ExpressionError            of a rule in CEL
    ├── InvalidExpression      it is no CEL, or does not fit the schema; knows where in the text
    │   └── UnsupportedExpression  it is, and only a CEL library can run it
    └── EvaluationError        it has no value for this message: a null, an index out of range, an overflow
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

EXIT_OK, EXIT_FINDINGS, EXIT_USAGE, EXIT_FAILED = 0, 1, 2, 3


def printable(text: str) -> str:
    """Return a message in which names from a file can't move the cursor, nor begin a line of their own."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class TallyError(Exception):
    """Base of all. `fix` says what to do about it, where we know."""

    exit_code: ClassVar[int] = EXIT_FAILED

    def __init__(self, message: str, *, fix: str | None = None) -> None:
        self.message = message
        self.fix = fix
        super().__init__(message)


class InputError(TallyError):
    """A file says what it must not. The gate shows it as a finding: the docstring of each kind is its page.

    `others` are more of the same file, which have nothing to do with this one.
    """

    exit_code = EXIT_FINDINGS
    others: tuple[InputError, ...] = ()
    code: ClassVar[str]
    name: ClassVar[str]

    def __init__(self, message: str, *, file: str, line: int = 1, column: int = 1, fix: str | None = None) -> None:
        self.file, self.line, self.column = file, line, column
        super().__init__(message, fix=fix)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}  {self.code}  {self.message}"


class UnreadableFile(InputError):
    """A file can't be read as text.

    ## Why it matters

    Schemas and contracts are UTF-8 text of a sane size. Anything else would be read differently
    by different tools. What a symbolic link or another repository leads to is not in the commit that the gate
    compares with, and a folder that nobody may read would look empty.

    ## How to fix it

    Save the file as UTF-8 without a byte-order mark. Put files themselves in the place of a link.
    """

    code, name = "FILE101", "unreadable-file"


class InvalidJson(InputError):
    """A file is not JSON.

    ## Why it matters

    A key that stands twice is an error too: parsers silently keep one of the two, and not all the same one.

    ## How to fix it

    The line and column are where the text stopped being JSON. A comma too many and a missing quote
    are the usual reasons.
    """

    code, name = "FILE102", "invalid-json"


class InvalidYaml(InputError):
    """A file is not YAML.

    ## Why it matters

    The text is read as YAML 1.2: `NO` is a word, not false. A key that stands twice is an error.

    ## How to fix it

    The line and column are where the text stopped making sense.
    """

    code, name = "FILE103", "invalid-yaml"


class InvalidAvro(InputError):
    """A file is JSON or Avro IDL, but not an Avro schema.

    ## Why it matters

    The rules are those of the Avro 1.12 specification, section "Schema Declaration": a name is used once,
    each type is known, each default fits its type.

    ## How to fix it

    The message names the thing and what was expected in its place.
    """

    code, name = "FILE104", "invalid-avro"


class InvalidIdl(InputError):
    """A file is not Avro IDL.

    ## Why it matters

    The language is that of the Avro 1.12 specification, page "IDL Language", in both of its forms: a protocol, or a
    list of types with `schema <name>;` above them.

    ## How to fix it

    The line and column are where the text stopped being IDL. A semicolon too few and a bracket that nobody closed
    are the usual reasons.
    """

    code, name = "FILE109", "invalid-idl"


class InvalidProto(InputError):
    """A file is not one that protoc, the compiler of Protocol Buffers, takes.

    ## Why it matters

    The message is protoc's own, at its line and column. All .proto files below `contracts/` are compiled together:
    they import each other by their paths below that folder, and protoc brings its own `google/protobuf/*.proto` along.

    ## How to fix it

    Mend the first finding first: one that is missing a type may only be missing an import.
    """

    code, name = "FILE110", "invalid-proto"


class InvalidContract(InputError):
    """A `contract.yaml` is not a contract.

    ## Why it matters

    The file is an Open Data Contract Standard v3.2 document and is checked against the standard's own schema,
    then against what tallystick needs: one schema file beside it, a known status, a semantic version.

    ## How to fix it

    The least that works is five lines:

    ```yaml
    apiVersion: v3.2.0
    kind: DataContract
    id: commerce.order-placed
    version: 1.0.0
    status: active
    ```
    """

    code, name = "FILE105", "invalid-contract"


class InvalidWorkspace(InputError):
    """`contracts/tally.yaml` says something that no workspace has.

    ## Why it matters

    A misspelt key would be a setting that silently does nothing.

    ## How to fix it

    Keys: `environments`, `defaults`, `policy`, `generate`. The message names the one that is wrong.
    """

    code, name = "FILE106", "invalid-workspace"


class InvalidRelease(InputError):
    """A folder under `contracts/history` is not what `tally release` wrote.

    ## Why it matters

    History is what producers have really sent. A released file that changes afterwards makes every verdict
    about old messages wrong.

    ## How to fix it

    Restore the folder from version control. To change a schema, edit the contract and release a new version.
    """

    code, name = "FILE107", "invalid-release"


class UnsupportedSchema(InputError):
    """A schema is a good Avro schema, but no Python code can be made of it.

    ## Why it matters

    Contracts become modules and defaults become values. A contract called `3d`, or a default such as a day in the year
    5,881,580, would give a module that does not import. Names of types, fields and symbols are no problem: a field
    called `class` is the attribute `class_`, and is still `class` on the wire.

    ## How to fix it

    Give the contract's folder another name, or the field a default that its type can hold in Python.
    """

    code, name = "FILE108", "unsupported-schema"


class UsageError(TallyError):
    """The command was asked for what cannot be."""

    exit_code = EXIT_USAGE


class NoContracts(UsageError):
    """A folder has no contract in it. A gate that checks nothing must not be green."""


class UnknownContract(UsageError):
    """No contract of that id or path."""


class UnknownCode(UsageError):
    """No rule of that code."""


class UnknownBaseline(UsageError):
    """`--against` names nothing that we can compare with."""


class Unavailable(TallyError):
    """The other side is away, or refuses to talk."""


class GitUnavailable(Unavailable):
    """git is not installed, or it failed."""


class RegistryUnavailable(Unavailable):
    """The schema registry can't be reached, or did not answer like one."""


class BrokerUnavailable(Unavailable):
    """The Kafka cluster can't be reached, or refused the request."""


class DeliveryFailed(BrokerUnavailable):
    """Messages were sent, and the cluster did not say that it has them."""

    def __init__(self, topic: str, count: int, reason: str) -> None:
        self.topic, self.count, self.reason = topic, count, reason
        messages = "1 message" if count == 1 else f"{count} messages"
        super().__init__(f"{topic}: {messages} not delivered: {reason}", fix="send again once the reason is gone")


class TopicDiffers(TallyError):
    """A topic is there already, and not as its contract says."""


class NotPublished(TallyError):
    """The registry does not have the schema that a producer writes with."""


class RegistryError(TallyError):
    """A registry's no. `status` is HTTP's, `code` is Confluent's `error_code`."""

    status: int
    code: int


class SubjectNotFound(RegistryError):
    """The subject was never registered, or was deleted."""

    status, code = 404, 40401

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"Subject '{subject}' not found.")


class VersionNotFound(RegistryError):
    """The subject has no such version."""

    status, code = 404, 40402

    def __init__(self, version: int | str) -> None:
        self.version = version
        super().__init__(f"Version {version} not found.")


class SchemaNotFound(RegistryError):
    """No schema of that id, or none like it under that subject."""

    status, code = 404, 40403

    def __init__(self, schema_id: int | str | None = None) -> None:
        self.schema_id = schema_id
        super().__init__("Schema not found" if schema_id is None else f"Schema {schema_id} not found")


class SubjectSoftDeleted(RegistryError):
    """The subject is deleted already, and can be brought back or deleted for good."""

    status, code = 404, 40404

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently")


class SubjectNotSoftDeleted(RegistryError):
    """A subject is deleted for good in two steps, and this would be the second one first."""

    status, code = 404, 40405

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"Subject '{subject}' was not deleted first before being permanently deleted")


class VersionSoftDeleted(RegistryError):
    """The version is deleted already, and can be deleted for good."""

    status, code = 404, 40406

    def __init__(self, subject: str, version: int) -> None:
        self.subject, self.version = subject, version
        super().__init__(
            f"Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently"
        )


class VersionNotSoftDeleted(RegistryError):
    """A version is deleted for good in two steps, and this would be the second one first."""

    status, code = 404, 40407

    def __init__(self, subject: str, version: int) -> None:
        self.subject, self.version = subject, version
        super().__init__(
            f"Subject '{subject}' Version {version} was not deleted first before being permanently deleted"
        )


class LevelNotConfigured(RegistryError):
    """The subject has no compatibility level of its own."""

    status, code = 404, 40408

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"Subject '{subject}' does not have subject-level compatibility configured")


class ModeNotConfigured(RegistryError):
    """The subject has no mode of its own."""

    status, code = 404, 40409

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"Subject '{subject}' does not have subject-level mode configured")


class IncompatibleSchema(RegistryError):
    """The schema breaks the subject's compatibility level."""

    # 409 up to Confluent 8.1, 40901 from 8.2 on: clients in the field test for the first. The server has a setting.
    status, code = 409, 409
    exit_code = EXIT_FINDINGS

    def __init__(self, subject: str, details: Sequence[str]) -> None:
        self.subject = subject
        self.details = tuple(details)
        super().__init__(
            "Schema being registered is incompatible with an earlier schema for subject "
            f'"{subject}", details: [{", ".join(details)}]'
        )


class InvalidSchema(RegistryError):
    """The schema's text does not parse, or its type is not supported."""

    status, code = 422, 42201


class InvalidVersion(RegistryError):
    """A version id that is not a version id."""

    status, code = 422, 42202

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(
            f"The specified version '{version}' is not a valid version id. "
            'Allowed values are between [1, 2^31-1] and the string "latest"'
        )


class InvalidLevel(RegistryError):
    """A compatibility level that does not exist."""

    status, code = 422, 42203

    def __init__(self) -> None:
        super().__init__(
            "Invalid compatibility level. Valid values are none, backward, forward, full, "
            "backward_transitive, forward_transitive, and full_transitive"
        )


class InvalidMode(RegistryError):
    """A mode that does not exist."""

    status, code = 422, 42204

    def __init__(self) -> None:
        super().__init__("Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")


class NotPermitted(RegistryError):
    """The mode of the subject, or what the registry holds, forbids it."""

    status, code = 422, 42205


class ReferenceExists(RegistryError):
    """Another schema needs this version."""

    status, code = 422, 42206

    def __init__(self, subject: str, version: int) -> None:
        self.subject, self.version = subject, version
        # Confluent's text, with its key of the version's record.
        super().__init__(
            "One or more references exist to the schema "
            f"{{magic=1,keytype=SCHEMA,subject={subject},version={version}}}."
        )


class IdDoesNotMatch(RegistryError):
    """A version was imported before, with another id."""

    status, code = 422, 42207


class InvalidSubject(RegistryError):
    """A subject name with control characters, or a reserved one."""

    status, code = 422, 42208

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(f"The specified subject '{subject}' is not a valid.")


class SchemaTooLarge(RegistryError):
    """The schema's text is longer than the registry takes."""

    status, code = 422, 42209


class InvalidRuleSet(RegistryError):
    """Rules that say what no rule can."""

    status, code = 422, 42210


class ContextNotEmpty(RegistryError):
    """A context can be deleted once it has no subjects."""

    status, code = 422, 42211

    def __init__(self, context: str) -> None:
        self.context = context
        super().__init__(f"The specified context '{context}' is not empty.")


class StoreFailed(RegistryError):
    """The registry's store did not do its part."""

    status, code = 500, 50001


class StoreUnreachable(StoreFailed):
    """Nobody answers where the registry's store should be. It may come back."""


class RequestRefused(RegistryError):
    """A no that has no class of its own. A `code` that is not Confluent's is the status again."""

    def __init__(self, message: str, *, status: int, code: int | None = None, fix: str | None = None) -> None:
        self.status, self.code = status, code or status
        super().__init__(message, fix=fix)


class Conflict(TallyError):
    """The log has grown since it was read. Read the new events, decide again, append again."""


class UnknownEvent(TallyError):
    """The log holds an event that this version does not know. It stops here: guessing would lose data."""


class CodecError(TallyError):
    """A value and a schema do not fit. `path` is where: `OrderPlaced.lines[3].quantity`."""

    def __init__(self, path: str, problem: str, *, fix: str | None = None) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}" if path else problem, fix=fix)


class EncodeError(CodecError):
    """A value does not fit its schema."""


class DecodeError(CodecError):
    """Bytes are not what their schema says."""


class RuleBroken(CodecError):
    """A value is not what a rule of its contract asks. `rule` is its name, `values` what the fields that it names hold."""

    def __init__(
        self, path: str, problem: str, *, rule: str, values: Mapping[str, object], fix: str | None = None
    ) -> None:
        self.rule, self.values = rule, values
        super().__init__(path, problem, fix=fix)


class UndecodableMessage(TallyError):
    """A message that its consumer can't decode. Its offset is not stored, so nothing is lost."""

    def __init__(self, topic: str, partition: int, offset: int, reason: str) -> None:
        self.topic, self.partition, self.offset, self.reason = topic, partition, offset, reason
        super().__init__(
            f"{topic}[{partition}] offset {offset}: {reason}",
            fix="find out who writes to this topic without the contract; consumer.skip(error) goes on after it",
        )


class NotConverted(TallyError):
    """A message that tally encode or decode was given does not fit, or can't be read. `name` is what it is called: `line 3`."""

    exit_code = EXIT_FINDINGS

    def __init__(self, name: str, problem: str, *, fix: str | None = None) -> None:
        self.name = name
        super().__init__(f"{name}: {problem}", fix=fix)


class NoValueFound(TallyError):
    """No plausible value of a type keeps the rules of its contract."""

    def __init__(self, name: str, tries: int) -> None:
        super().__init__(
            f"none of {tries} values of {name} keeps the rules of its contract",
            fix="make one value by hand, and change it with dataclasses.replace",
        )


class ExpressionError(TallyError):
    """Base of what is wrong with a rule in CEL."""


class InvalidExpression(ExpressionError):
    """A text is no expression, or does not fit the schema that it is about. `at` counts characters from 0."""

    def __init__(self, message: str, *, at: int) -> None:
        self.at = at
        super().__init__(message)


class UnsupportedExpression(InvalidExpression):
    """An expression is right, and can't be compiled to Python: a CEL library can run it."""


class EvaluationError(ExpressionError):
    """An expression has no value for this message: an error to CEL, which has no exceptions."""
