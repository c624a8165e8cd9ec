"""What every store must do, and the lines that its log is made of."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.registry.store.conftest import Handles

from tallystick.contract.modes import Mode
from tallystick.errors import Conflict, UnknownEvent
from tallystick.registry.model import Event, LevelSet, SchemaRegistered, load_event

NUMBERS = st.integers(1, 2**31 - 1)
EVENTS = st.builds(SchemaRegistered, st.text(), NUMBERS, NUMBERS, st.text()) | st.builds(
    LevelSet, st.none() | st.text(), st.none() | st.sampled_from(Mode)
)
SET = LevelSet(None, Mode.FULL)


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.lists(EVENTS, max_size=3), st.integers(0, 4))))
def test_a_log_grows_only_from_where_it_stands(handles: Handles, steps: list[tuple[bool, list[Event], int]]) -> None:
    """Each step appends through one of two handles; one in five says that it has seen another length."""
    log: list[Event] = []
    with handles() as pair:
        for which, events, luck in steps:
            if luck:
                log += events

                assert len(log) == pair[which].append(events, expected=len(log) - len(events))
            else:
                for wrong in (len(log) + 1, len(log) - 1):
                    with pytest.raises(Conflict):
                        pair[which].append(events, expected=wrong)

            assert log == list(pair[not which].read())
            assert log[1:] == list(pair[not which].read(after=1))


def test_two_that_append_at_once_never_take_the_same_place(handles: Handles) -> None:
    """Whoever is slower gets a Conflict, and nothing of it is in the log."""
    rounds = 40
    won: list[Event] = []
    with handles() as pair:
        barrier = threading.Barrier(2)

        def append(which: int) -> None:
            for number in range(rounds):
                event = LevelSet(f"{which} {number}", Mode.NONE)
                barrier.wait()
                try:
                    pair[which].append([event], expected=number)
                except Conflict:
                    continue
                won.append(event)

        threads = [threading.Thread(target=append, args=(which,)) for which in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = list(pair[0].read())

    assert rounds == len(kept)
    assert sorted(won, key=str) == sorted(kept, key=str)


@pytest.mark.parametrize("length", [499, 500, 1234])
def test_a_long_log_is_read_to_its_end(handles: Handles, length: int) -> None:
    """Logs are read in pages: the last one may be full, or not."""
    with handles() as (store, other):
        store.append([SET] * length, expected=0)

        assert length == sum(1 for _ in other.read())
        assert length - 3 == sum(1 for _ in other.read(after=3))
        assert [] == list(other.read(after=length))


def test_a_log_is_read_while_others_write(handles: Handles) -> None:
    """What comes meanwhile is read now or the next time, in order, and never twice."""
    with handles() as (writer, reader):
        writer.append([SET] * 600, expected=0)
        events = reader.read()
        seen = [next(events)]
        writer.append([LevelSet("late", None)], expected=600)
        seen += events
        seen += reader.read(after=len(seen))

    assert [SET] * 600 + [LevelSet("late", None)] == seen


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "schema-melted"}',
        '{"event": "level-set", "subject": null, "level": "SIDEWAYS"}',
        '{"event": "level-set", "subject": null, "level": "FULL", "until": "May"}',
        '{"event": "schema-registered", "subject": "s", "schema_type": "AVRO"}',
        '{"event": "schema-registered", "subject": "s", "version": 1, "id": 1, "text": "", "schema_type": "XML"}',
        "half a li",
    ],
)
def test_an_event_of_a_later_version_is_never_guessed_at(line: str) -> None:
    """A registry that does not understand its log must stop."""
    with pytest.raises(UnknownEvent, match="does not know"):
        load_event(line)
