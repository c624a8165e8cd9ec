"""What a page shows as mended is mended: nothing else fires on it that did not fire before."""

from __future__ import annotations

import pytest
from tests.compat.test_rules import RULES, fire

from tallystick.rulekit.explain import examples
from tallystick.rulekit.rule import Rule
from tallystick.schema.yaml_text import read_yaml

# Where the mend is another change, which another rule speaks of, and why that is so.
SPOKEN_OF = {
    "AVRO114": ("AVRO120", "another name for a field is one more rename"),
    "AVRO115": (
        "AVRO120",
        "the released versions know no alias, and take the default: only keeping the name avoids that",
    ),
    "PROTO111": ("PROTO130", "a field that is gone is gone, however well it is reserved"),
    "PROTO112": ("PROTO130", "the same"),
    "PROTO116": ("PROTO115", "the name in generated code is another one still"),
    "PROTO211": ("PROTO219", "a value that is gone is gone, however well it is reserved"),
    "PROTO212": ("PROTO219", "the same"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_mend_leads_into_no_other_finding(rule: Rule) -> None:
    blocks = examples(rule.page)
    old, fixed = (
        read_yaml(text, label) if language == "yaml" else text
        for label, (language, text) in ((label, blocks[label]) for label in ("old", "fixed"))
    )
    spoken_of, _ = SPOKEN_OF.get(rule.code, ("", ""))

    assert [spoken_of] * bool(spoken_of) == [found.rule.code for found in fire(RULES, old, fixed, rule.on)]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in SPOKEN_OF], ids=lambda rule: rule.code)
def test_a_mend_that_leads_on_says_so(rule: Rule) -> None:
    assert SPOKEN_OF[rule.code][0] in rule.page
