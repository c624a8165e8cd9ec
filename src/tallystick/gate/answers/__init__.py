"""Answers: each is a function from a report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tallystick.gate.answers.github import github
from tallystick.gate.answers.json import json
from tallystick.gate.answers.text import text
from tallystick.gate.run import Report

ANSWERS: Mapping[str, Callable[[Report], str]] = {"text": text, "json": json, "github": github}

__all__ = ["ANSWERS", "github", "json", "text"]
