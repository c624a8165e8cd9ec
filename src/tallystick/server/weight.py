"""Say whether a request may take long: by what is in it, and by what a registry would compare it with."""

from __future__ import annotations

import re

from tallystick.errors import RegistryError
from tallystick.registry.service import Registry
from tallystick.registry.settings import LEVEL
from tallystick.server.asked import Asked

_LARGE = 8 * 1024  # bytes of a body: reading the worst that fits in takes 6 ms
_KNOWN = 64 * 1024  # bytes of versions that it is compared with: reading the worst of these takes 50 ms
_PRODUCT = 50_000_000  # bytes of a body times bytes of versions: comparing the worst of these takes 60 ms
_REFERS = re.compile(rb'"references"\s*:\s*\[\s*[^\]\s]')
_LOOKUP = "/subjects/{subject}"
_READS_SCHEMA = ("/subjects/{subject}", "/compatibility/subjects/{subject}/")


def is_heavy(one: Asked) -> bool:
    """Say whether what was sent is much by itself, or drags more behind it."""
    return len(one.body) > _LARGE or _REFERS.search(one.body) is not None


def may_compare(one: Asked) -> bool:
    """Say whether it will be compared with what there is."""
    return one.operation.method == "POST" and one.operation.route.startswith(_READS_SCHEMA)


def is_heavy_to_compare(one: Asked, registry: Registry) -> bool:
    """Say whether it would be compared with much, or drags much behind it: versions that are large, or refer to others."""
    subject = one.operation.subject
    try:
        versions = registry.versions(subject)
        level = registry.configuration.settings(subject, or_global=True)[LEVEL]
    except RegistryError:
        return False  # nothing there, or no subject at all: the registry will say so
    # Of all paths, only the one to register at, and the one that asks the same, mean the newest version by themselves.
    newest_counts = one.operation.route.endswith("/versions") and not level.is_transitive
    compared = versions[-1:] if newest_counts else versions
    if any(version.references for version in compared):
        return True
    known = 0 if one.operation.route == _LOOKUP else sum(len(version.text) for version in compared)  # by text alone
    return known > _KNOWN or len(one.body) * known > _PRODUCT
