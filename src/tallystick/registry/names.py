"""Names of subjects and contexts: `:.ctx:orders` is subject `orders` in context `.ctx`."""

from __future__ import annotations

import re
import unicodedata

from tallystick.errors import InvalidSubject, InvalidVersion

DEFAULT_CONTEXT = "."
EVERYWHERE = ":.__GLOBAL:"
"""The settings of all contexts. It is no subject."""
ALL_CONTEXTS = ":*:"
_MAX_VERSION = 2**31 - 1
_RESERVED = ("__GLOBAL", "__EMPTY")


def split(subject: str) -> tuple[str, str]:
    """Return the context of a subject, and its name there."""
    if not subject.startswith(":."):
        return DEFAULT_CONTEXT, subject
    context, _, name = subject[1:].partition(":")
    return context, name


def qualified(context: str, name: str) -> str:
    """Return the one way to write a subject: those of the default context are plain."""
    return name if context == DEFAULT_CONTEXT else f":{context}:{name}"


def normal(subject: str) -> str:
    """Return a subject as it is kept: `:.:orders` is `orders`, and `:.ctx` is `:.ctx:`."""
    return qualified(*split(subject))


def context_of(subject: str) -> str:
    """Return the context of a subject."""
    return split(subject)[0]


def whole(context: str) -> str | None:
    """Return what the settings of a context are kept under: None for the default one."""
    return None if context == DEFAULT_CONTEXT else qualified(context, "")


def beside(parent: str, subject: str) -> str:
    """Return a subject that `parent` names: in the same context, unless it says another one."""
    return normal(subject) if subject.startswith(":.") else qualified(context_of(parent), subject)


def context_name(text: str) -> str:
    """Return a context's name, which may be written without its dot or between colons.

    Raises:
        InvalidSubject: it has another colon in it, or what no name has.
    """
    name = text.removeprefix(":").removesuffix(":")
    name = name if name.startswith(".") else f".{name}"
    if ":" in name or not _is_printable(name):
        raise InvalidSubject(text)
    return name


def check_subject(subject: str) -> str:
    """Return a subject as it is kept. InvalidSubject: schemas can't be registered under that name."""
    context, name = split(subject)
    is_context = f":{context}:" == EVERYWHERE or name.startswith(ALL_CONTEXTS)
    if not name or name in _RESERVED or is_context or not _is_printable(subject):
        raise InvalidSubject(subject)
    return qualified(context, name)


def check_scope(subject: str) -> str | None:
    """Return what settings are kept under: a subject, a context, EVERYWHERE; or None for the default context.

    Raises:
        InvalidSubject: it is none of these.
    """
    context, name = split(subject)
    if name == "" and subject.startswith(":.") and _is_printable(context):
        return whole(context)
    return check_subject(subject)


def scopes(subject: str | None) -> list[str | None]:
    """Return where settings are looked for, nearest first; None is the global one."""
    if subject is None:
        return [None, EVERYWHERE]
    context = whole(context_of(subject))
    found = [subject, context, None, EVERYWHERE]
    return list(dict.fromkeys(found))


def version_number(version: int | str) -> int | None:
    """Return the number that a version id stands for; None for the latest. InvalidVersion: it stands for none."""
    if str(version) in ("latest", "-1"):
        return None
    if not re.fullmatch("[0-9]{1,10}", str(version)) or not 1 <= int(version) <= _MAX_VERSION:
        raise InvalidVersion(str(version))
    return int(version)


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
