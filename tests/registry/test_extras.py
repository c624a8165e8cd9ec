"""Metadata and rules: one order, and what merging does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tallystick.registry.extras import merged_metadata, merged_rules, read_metadata, read_rules, without_rules

NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.lists(st.text(max_size=3), max_size=3)
METADATA = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.dictionaries(NAMES, TEXTS),
        "properties": st.dictionaries(NAMES, st.text(max_size=3)),
        "sensitive": TEXTS,
    },
)


def rules(*modes: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    rule = st.fixed_dictionaries(
        {"name": NAMES, "type": st.just("CEL"), "mode": st.sampled_from(modes)}, optional={"tags": TEXTS}
    )
    return st.lists(rule, max_size=3, unique_by=lambda one: one["name"])


RULES = st.fixed_dictionaries(
    {}, optional={"migrationRules": rules("UPGRADE", "UPDOWN"), "domainRules": rules("WRITE", "READ")}
).map(read_rules)


@given(given=METADATA)
def test_metadata_has_one_form(given: dict[str, Any]) -> None:
    """Whatever order it came in: what is the same must have one id."""
    kept = read_metadata(given)

    assert kept == read_metadata(kept)
    assert str(kept) == str(read_metadata(dict(reversed(given.items()))))
    assert kept == merged_metadata(kept, kept, None)


@given(first=METADATA.map(read_metadata), second=METADATA.map(read_metadata))
def test_later_properties_count_more(first: dict[str, Any], second: dict[str, Any]) -> None:
    merged = merged_metadata(first, second) or {}

    assert {**first.get("properties", {}), **second.get("properties", {})} == merged.get("properties", {})
    assert {*first.get("sensitive", ()), *second.get("sensitive", ())} == set(merged.get("sensitive", ()))


@given(first=RULES, second=RULES)
def test_a_later_rule_takes_the_place_of_one_of_its_name(first: dict[str, Any], second: dict[str, Any]) -> None:
    merged = merged_rules(first, second) or {}

    assert merged == read_rules(merged)
    assert merged == merged_rules(merged, second)
    for part in ("migrationRules", "domainRules"):
        new = {rule["name"]: rule for rule in second.get(part, ())}
        old = {rule["name"]: rule for rule in first.get(part, ())}

        assert old | new == {rule["name"]: rule for rule in merged.get(part, ())}
    assert {} == without_rules(merged, ["a", "b", "c"])


def test_nothing_and_none_are_not_the_same() -> None:
    """None is taken from the version before; an empty one says that there is none."""
    assert (None, {}) == (read_metadata(None), read_metadata({}))
    assert (None, {}) == (merged_rules(None, None), merged_rules(None, {}))
