"""Names of subjects and contexts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.errors import InvalidSubject
from tallystick.registry import names

SUBJECTS = st.text("ab:.*", max_size=8)


@given(subject=SUBJECTS)
def test_a_subject_has_one_name(subject: str) -> None:
    """And that name says the same context and the same name there."""
    kept = names.normal(subject)

    assert kept == names.normal(kept)
    assert names.split(subject)[0] == names.context_of(kept)


@given(parent=SUBJECTS, subject=SUBJECTS)
def test_a_reference_stays_in_its_context_unless_it_says_another(parent: str, subject: str) -> None:
    context = names.context_of(names.beside(parent, subject))

    assert names.context_of(subject if subject.startswith(":.") else parent) == context


@pytest.mark.parametrize(
    ("text", "name"), [("a", ".a"), (".a", ".a"), (":.a:", ".a"), (".", "."), (":.:", "."), ("", ".")]
)
def test_a_context_may_be_written_in_three_ways(text: str, name: str) -> None:
    assert name == names.context_name(text)


@pytest.mark.parametrize("text", ["a:b", "\n", ":.a:b"])
def test_what_is_no_context_is_refused(text: str) -> None:
    with pytest.raises(InvalidSubject):
        names.context_name(text)
