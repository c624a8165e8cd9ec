"""Versions of contracts: major.minor.patch, compared as numbers."""

from __future__ import annotations

from typing import TypeAlias

Numbers: TypeAlias = tuple[int, int, int]


def numbers(version: str) -> Numbers:
    """Return the three numbers of a version that the loader has checked: 1.10.0 is above 1.9.0."""
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)
