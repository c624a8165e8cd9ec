"""Events as lines of JSON: what a log holds is read back as it was, and what older versions wrote still is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.contract.modes import Mode
from tallystick.registry.model import (
    TYPES,
    Access,
    ContextDeleted,
    Event,
    LevelSet,
    ModeSet,
    SchemaReference,
    SchemaRegistered,
    SettingsSet,
    VersionsDeleted,
    dump_event,
    load_event,
)

NUMBERS = st.integers(1, 2**31 - 1)
REFERENCES = st.lists(st.builds(SchemaReference, st.text(), st.text(), NUMBERS), max_size=3).map(tuple)
EXTRAS = st.dictionaries(st.text(), st.lists(st.text(), max_size=2), max_size=2)
SCOPES = st.none() | st.text()
EVENTS = st.one_of(
    st.builds(
        SchemaRegistered, st.text(), NUMBERS, NUMBERS, st.text(), st.sampled_from(TYPES), REFERENCES, EXTRAS, EXTRAS
    ),
    st.builds(VersionsDeleted, st.text(), st.lists(NUMBERS, max_size=3).map(tuple), st.booleans()),
    st.builds(LevelSet, SCOPES, st.none() | st.sampled_from(Mode)),
    st.builds(SettingsSet, SCOPES, st.none() | EXTRAS),
    st.builds(ModeSet, SCOPES, st.none() | st.sampled_from(Access)),
    st.builds(ContextDeleted, st.text()),
)


@given(event=EVENTS)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    """In one line: logs are exported so."""
    line = dump_event(event)

    assert event == load_event(line)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (
            '{"event": "schema-registered", "subject": "s", "version": 1, "id": 2, "text": "t", "schema_type": "AVRO"}',
            SchemaRegistered("s", 1, 2, "t"),
        ),
        (
            '{"event": "schema-registered", "subject": "s", "version": 1, "id": 2, "text": "t", "schema_type": "PROTOBUF", "references": [{"name": "n", "subject": "o", "version": 3}]}',
            SchemaRegistered("s", 1, 2, "t", "PROTOBUF", (SchemaReference("n", "o", 3),)),
        ),
        ('{"event": "level-set", "subject": null, "level": "FULL"}', LevelSet(None, Mode.FULL)),
        ('{"event": "level-set", "subject": "s", "level": null}', LevelSet("s", None)),
    ],
)
def test_what_the_first_version_wrote_is_still_read(line: str, event: Event) -> None:
    assert event == load_event(line)
