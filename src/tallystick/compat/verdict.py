"""The two verdicts: what a registry would answer, and who breaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from tallystick.compat.consumers import consumers_of, with_former
from tallystick.compat.engine import Engine, Found
from tallystick.contract.model import AnySchema, Contract
from tallystick.contract.modes import Direction, Mode
from tallystick.rulekit.finding import Finding, finding_of
from tallystick.rulekit.rule import Kind, Severity
from tallystick.rulekit.rulebook import Rulebook, load_rulebook
from tallystick.schema.same import Sameness
from tallystick.schema.types import Format, RecordType

RULES = "tallystick.compat.rules"
_NAMED_TYPE = "PROTO403"  # a field, because of what is in its type
_OTHER_LANGUAGE = "DIFFERENT_SCHEMA_TYPE"  # Confluent has a sentence for it, and no name
_PACKAGES: Mapping[Format | None, tuple[str, ...]] = {
    Format.AVRO: ("avro",),
    Format.PROTOBUF: ("proto",),
    None: ("topic", "release"),
}


def judge(new: Contract, previous: Sequence[tuple[str, Contract]]) -> list[Finding]:
    """Return what a contract breaks with its earlier versions (label and contract, oldest first).

    Pair rules look at every version and direction that the compatibility level asks for; change rules look at the
    newest version only, at every level, but for those that say they look further back. Versions of another major do
    not count if they have a topic of their own. Of those that remain, schemas are compared with the ones of the same
    compatibility group, as registries do; a topic and its keys are the same in all groups.
    """
    everything = previous
    previous = [(label, old) for label, old in previous if old.major == new.major or old.topic.name == new.topic.name]
    group = new.compatibility_group
    peers = [(label, old) for label, old in previous if old.group(group) == new.group(group)]
    findings = judge_schemas(new.schema, [(label, old.schema) for label, old in peers], new.compatibility)
    findings += [replace(f, path=f"/key{f.path}") for f in _judge_keys(new, previous)]
    engine = _thing_engine(new.schema.format)
    for label, old in previous[-1:]:
        things = ((new.topic, old.topic), (new.key, old.key), (new, old))
        found = (found for now, was in things for found in engine.compare_things(now, was))
        findings += [_finding(f, None, label) for f in found]
    if everything and not (previous and previous[-1] is everything[-1]):
        label, old = everything[-1]
        findings += [_finding(f, None, label) for f in _moving_engine().compare_things(new, old)]
    if any(old.schema.format is not new.schema.format for (_, old), _ in new.compatibility.to_check(peers)):
        # No pair rule looks at two languages; a registry refuses them, whatever is in them.
        findings = [replace(f, mirrors=_OTHER_LANGUAGE) if f.code == "DOC203" else f for f in findings]
    declared = with_former(new, previous[-1][1]) if previous else new
    now = {consumer.id for consumer in new.consumers}
    return [_told(f, new.id, () if f.is_readable else f.breaks or consumers_of(declared, f), now) for f in findings]


def _told(finding: Finding, contract: str, breaks: tuple[str, ...], now: Collection[str]) -> Finding:
    """Return a finding with its contract and the consumers that it breaks, `now` being those that are still declared."""
    former = tuple(consumer for consumer in breaks if consumer not in now)
    return replace(finding, contract=contract, breaks=breaks, former=former)


def judge_schemas(new: AnySchema, previous: Sequence[tuple[str, AnySchema]], mode: Mode) -> list[Finding]:
    """Return what a schema breaks with its earlier versions (label and schema, oldest first), at a level."""
    same = Sameness()  # of two schemas it is asked again and again
    found = _judge_pairs(_engine(Kind.PAIR, new.format), new, previous, mode, same)
    return _both_ways(_root_causes(_unseen(found, previous, mode))) + _judge_changes(new, previous, mode, same)


def _both_ways(findings: list[Finding]) -> list[Finding]:
    """Tell once of what neither side can read of the other: one mend helps against both."""
    backward = {_sides(f) for f in findings if f.direction is Direction.BACKWARD}
    both = {key: f for f in findings if f.direction is Direction.FORWARD and (key := _mirrored(f)) in backward and key}
    told = []
    for finding in findings:
        other = both.get(_sides(finding)) if finding.direction is Direction.BACKWARD else None
        if other is not None:
            # The reader of the other way is released: the mend that holds there holds here, too.
            told.append(replace(finding, fix=other.fix, forward=other.versions))
        elif finding.direction is not Direction.FORWARD or _mirrored(finding) not in both:
            told.append(finding)
    return told


def _sides(finding: Finding, reader: str = "reader", writer: str = "writer") -> tuple[object, ...]:
    """Return what a finding is about; nothing if it is no matter of two things that differ."""
    values = finding.values
    return (finding.code, finding.path, values[reader], values[writer]) if {reader, writer} <= values.keys() else ()


def _mirrored(finding: Finding) -> tuple[object, ...]:
    """Return what the same trouble is about, seen from the other side."""
    return _sides(finding, "writer", "reader")


def _root_causes(findings: list[Finding]) -> list[Finding]:
    """Leave out what a field gets for the contents of its type, where those have findings of their own."""
    causes = [f for f in findings if not (f.code == _NAMED_TYPE and f.values["why"])]
    return causes if any(f.blocks for f in causes) else findings


def _unseen(findings: list[Finding], previous: Sequence[tuple[str, AnySchema]], mode: Mode) -> list[Finding]:
    """Leave out the warnings that the newest earlier version had already, with the same older ones.

    Whoever released it saw them, and nobody can do anything about them now.
    """
    if not any(_is_old_warning(finding, previous) for finding in findings):
        return findings
    newest = judge_pairs(previous[-1][1], previous[:-1], mode)
    seen = {_trouble(finding) for finding in newest}
    return [f for f in findings if not _is_old_warning(f, previous) or _trouble(f) not in seen]


def _is_old_warning(finding: Finding, previous: Sequence[tuple[str, AnySchema]]) -> bool:
    return finding.severity is Severity.WARNING and previous[-1][0] not in finding.versions


def _judge_keys(new: Contract, previous: Sequence[tuple[str, Contract]]) -> list[Finding]:
    if new.key.schema is None:
        return []
    keys = [(label, old.key.schema) for label, old in previous if old.key.schema is not None]
    return judge_pairs(new.key.schema, keys, new.compatibility)


def _judge_changes(
    new: AnySchema, previous: Sequence[tuple[str, AnySchema]], mode: Mode, same: Sameness
) -> list[Finding]:
    """Return what change rules say of a schema: all of them since the newest version, some since each that counts."""
    counted = [one for one in previous[:-1] if mode.is_transitive and _is_worth_it(one[1])] + [*previous[-1:]]
    engines = [_engine(Kind.CHANGE, new.format), *[_long_memory(new.format)] * len(counted[1:])]
    return _merged(
        _finding(found, None, label)
        for engine, (label, old) in zip(engines, reversed(counted), strict=False)
        for found in engine.compare(new, old, same, mode.directions)
    )


def _is_worth_it(schema: AnySchema) -> bool:
    """Say whether rules that look further back may find something: Avro's are about aliases, and most have none."""
    if schema.format is Format.PROTOBUF:
        return True
    return any(
        kind.aliases or (isinstance(kind, RecordType) and any(field.aliases for field in kind.fields))
        for kind in schema.named.values()
    )


def judge_pairs(new: AnySchema, previous: Sequence[tuple[str, AnySchema]], mode: Mode) -> list[Finding]:
    """Return what pair rules say of a schema and its earlier versions, oldest first."""
    return _judge_pairs(_engine(Kind.PAIR, new.format), new, previous, mode, Sameness())


def _judge_pairs(
    engine: Engine, new: AnySchema, previous: Sequence[tuple[str, AnySchema]], mode: Mode, same: Sameness
) -> list[Finding]:
    findings: list[Finding] = []
    for (label, old), direction in mode.to_check(previous):
        reader, writer = (new, old) if direction is Direction.BACKWARD else (old, new)
        findings += [_finding(found, direction, label) for found in engine.compare(reader, writer, same)]
    return _merged(findings)


def registry_messages(new: AnySchema, previous: Sequence[tuple[int, AnySchema]], mode: Mode) -> list[str]:
    """Return why a registry refuses a schema, one message each in the shape of Confluent's; empty if it does not."""
    if any(old.format is not new.format for (_, old), _ in mode.to_check(previous)):
        return [f"Incompatible because of different schema type: {new.format}", f"{{compatibility: '{mode}'}}"]
    labelled = [(str(version), schema) for version, schema in previous]
    messages = [
        _message(finding) for finding in _judge_pairs(_registry_engine(new.format), new, labelled, mode, Sameness())
    ]
    return [*messages, f"{{compatibility: '{mode}'}}"] if messages else []


@cache
def compat_rules() -> Rulebook:
    """Return all pair and change rules."""
    return load_rulebook(RULES)


@cache
def _rules(language: Format | None) -> Rulebook:
    """Return the rules about schemas in a language; without one, those about all else. The others are not even read."""
    return load_rulebook(*(f"{RULES}.{package}" for package in _PACKAGES[language]))


@cache
def _engine(kind: Kind, language: Format | None) -> Engine:
    return Engine(_rules(language).of(kind), _rules(language).of(Kind.PAIR))


@cache
def _thing_engine(language: Format) -> Engine:
    """Return the engine for contracts and what is in them beside schemas: a language may have rules about these, too."""
    return Engine([*_rules(None).of(Kind.CHANGE), *_rules(language).of(Kind.CHANGE)], ())


@cache
def _moving_engine() -> Engine:
    """Return the engine for a contract and the one before it that had another topic."""
    return Engine([rule for rule in _rules(None).of(Kind.CHANGE) if rule.across_majors], ())


@cache
def _long_memory(language: Format) -> Engine:
    remembering = [rule for rule in _rules(language).of(Kind.CHANGE) if rule.long_memory]
    return Engine(remembering, _rules(language).of(Kind.PAIR))


@cache
def _registry_engine(language: Format) -> Engine:
    mirroring = [rule for rule in _rules(language).of(Kind.PAIR) if rule.mirrors]
    return Engine(mirroring, mirroring)


def _finding(found: Found, direction: Direction | None, label: str) -> Finding:
    new_reads = direction is not Direction.FORWARD
    return finding_of(
        found.rule,
        found.values,
        contract=None,
        path=found.path,
        now=found.reader if new_reads else found.writer,
        was=found.writer if new_reads else found.reader,
        direction=direction,
        versions=(label,),
        breaks=found.breaks,
    )


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for each trouble, with all versions that have it."""
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = _trouble(finding)
        first = merged.get(key)
        merged[key] = finding if first is None else replace(first, versions=first.versions + finding.versions)
    return list(merged.values())


def _trouble(finding: Finding) -> tuple[object, ...]:
    """Return what makes two findings the same trouble, with whichever version."""
    return finding.code, finding.path, finding.direction, finding.message


def _message(finding: Finding) -> str:
    where = ", ".join(finding.versions)
    description = f"{finding.message} (versions {where}, {finding.code} at {finding.path}; to mend it: {finding.fix})"
    return f"{{errorType:'{finding.mirrors}', description:\"{description}\", additionalInfo:'{finding.info}'}}"
