"""The examples of docs/clients.md are true."""

from __future__ import annotations

import dataclasses
import json
import re
from decimal import Decimal
from typing import Any

from tests.conftest import ROOT
from tests.strategies import avro

from tallystick.wire.avro import compile_encoder

PAGE = (ROOT / "docs/clients.md").read_text(encoding="utf-8")


def test_every_example_runs() -> None:
    names: dict[str, Any] = {}

    def written_with(text: str, **values: Any) -> bytes:
        """Encode the order with another schema, as another team's producer would."""
        schema = avro(json.loads(text))
        order = dataclasses.asdict(names["order"]) | values
        wanted = {field["name"] for field in json.loads(text)["fields"]}
        return compile_encoder(schema)({name: value for name, value in order.items() if name in wanted})

    names["written_with"] = written_with
    examples = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for example in examples:
        exec(compile(example, "docs/clients.md", "exec"), names)  # noqa: S102  # our own page

    assert 13 == len(examples)
    assert Decimal("19.90") == names["order"].total
