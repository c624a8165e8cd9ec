"""The words of a name, the styles that names are written in, and dates in a text."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LOWER_SNAKE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_UPPER_SNAKE = re.compile(r"[A-Z0-9]+(?:_[A-Z0-9]+)*")
_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
_DATE = re.compile(r"(?<![0-9-])[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![0-9-])")


@lru_cache(maxsize=16384)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: `unitPrice`, `unit_price` and `UnitPrice` are unit, price."""
    return tuple(word.lower() for word in _WORD.findall(name))


def vocabulary(text: str) -> frozenset[str]:
    """Return a list of words as a set."""
    return frozenset(text.split())


def pascal(name: str) -> str:
    """Return a name in PascalCase."""
    return "".join(word.capitalize() for word in words(name))


def snake(name: str) -> str:
    """Return a name in snake_case."""
    return "_".join(words(name))


def camel(name: str) -> str:
    """Return a name in lowerCamelCase."""
    joined = pascal(name)
    return joined[:1].lower() + joined[1:]


@lru_cache(maxsize=16384)
def is_lower_snake(name: str) -> bool:
    """Say whether a name is in lower_snake_case."""
    return _LOWER_SNAKE.fullmatch(name) is not None


@lru_cache(maxsize=16384)
def is_upper_snake(name: str) -> bool:
    """Say whether a name is in UPPER_SNAKE_CASE."""
    return _UPPER_SNAKE.fullmatch(name) is not None


@lru_cache(maxsize=16384)
def is_pascal(name: str) -> bool:
    """Say whether a name is in PascalCase. SKU and URLClick are: nobody agrees on how acronyms are written."""
    return _PASCAL.fullmatch(name) is not None


def has_date(text: str) -> bool:
    """Say whether a text names a day, as YYYY-MM-DD."""
    return _DATE.search(text) is not None
