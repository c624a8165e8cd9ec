"""The answer where there is no report: what stopped the run, in the form that was asked for."""

from __future__ import annotations

from json import dumps

from tallystick.errors import TallyError
from tallystick.gate.answers.github import data
from tallystick.gate.answers.json import FORMAT


def failure(error: TallyError, output: str) -> str | None:
    """Return an error as `--output` wants it; None for text: people read it on standard error."""
    if output == "json":
        document = {"format": FORMAT, "error": str(error), "fix": error.fix, "exit_code": error.exit_code}
        return dumps(document, indent=2, ensure_ascii=False)
    if output == "github":
        body = f"{error}\nfix: {error.fix}" if error.fix else str(error)
        return f"::error::{data(body)}"
    return None
