"""AVRO118: a tag that marks personal or confidential data is gone, or says something else."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.compat.pair import Change
from tallystick.compat.properties import lost_properties
from tallystick.rulekit.rule import Hit, change_rule
from tallystick.schema.types import Node


@change_rule(
    code="AVRO118",
    name="privacy-tag-dropped",
    on=Node,
    message="the privacy tag '{property}' of {what} was {old} and {new}",
    fix="set '{property}' of {what} back to {old}",
    since="0.1",
)
def privacy_tag_dropped(change: Change[Node]) -> Iterator[Hit]:
    """A tag that marks personal or confidential data was dropped or changed.

    ## Why it matters

    Masking, field encryption, access rules and erasure go by such tags: `pii`, `confluent:tags`, `tags`,
    `classification`, `sensitivity`. Without the tag the next message has the same data in the clear, in every sink.
    That can't be taken back: so it is an error. No registry refuses it.

    A list of tags may grow, and a field may be tagged that was not. A tag that moves from a field to its type
    counts as dropped: tools look at one of the two places. A field that is removed takes its tags with it.

    ## Example

    ```json old
    {"type": "record", "name": "Customer", "fields": [
      {"name": "email", "type": "string", "confluent:tags": ["PII", "EMAIL"]}]}
    ```

    ```json new
    {"type": "record", "name": "Customer", "fields": [
      {"name": "email", "type": "string", "confluent:tags": ["EMAIL"]}]}
    ```

    ## How to fix it

    Keep the tag. If the field holds no personal data any more, add a new field and deprecate this one: old
    messages still hold it.

    ```json fixed
    {"type": "record", "name": "Customer", "fields": [
      {"name": "email", "type": "string", "confluent:tags": ["CONTACT", "EMAIL", "PII"]}]}
    ```
    """
    for lost in lost_properties(change):
        if lost.is_privacy and not lost.still_guards:
            yield lost.hit()
