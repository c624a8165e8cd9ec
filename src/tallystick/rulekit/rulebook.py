"""All rules, found where they are written: every module below the rule packages holds one."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

from tallystick.errors import InputError, UnknownCode
from tallystick.rulekit.rule import Kind, Rule


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules by code, in the order of codes."""

    rules: Mapping[str, Rule]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def of(self, kind: Kind) -> tuple[Rule, ...]:
        """Return the rules of one kind."""
        return tuple(rule for rule in self if rule.kind is kind)

    def find(self, code: str) -> Rule | type[InputError]:
        """Return the rule, or the kind of unreadable file, of a code or a name.

        Raises:
            UnknownCode: there is none.
        """
        wanted = code.strip()
        candidates: tuple[Rule | type[InputError], ...] = (*self, *input_errors())
        for candidate in candidates:
            if wanted.upper() == candidate.code or wanted.lower() == candidate.name:
                return candidate
        known = ", ".join(sorted([*self.rules, *(e.code for e in input_errors())]))
        raise UnknownCode(f"no rule '{code}'", fix=f"known: {known}")


@cache
def load_rulebook(*packages: str) -> Rulebook:
    """Return the rules of all modules below some packages."""
    found = {rule.code: rule for package in packages for rule in _rules_below(package)}
    return Rulebook(MappingProxyType(dict(sorted(found.items()))))


def input_errors() -> tuple[type[InputError], ...]:
    """Return the kinds of unreadable file, by code: they have pages, too."""
    return tuple(sorted(InputError.__subclasses__(), key=lambda e: e.code))


def _rules_below(package: str) -> Iterator[Rule]:
    root = import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        yield from (item for item in vars(import_module(module.name)).values() if isinstance(item, Rule))
