"""What a text may be: an address of mail or of the internet, the name of a host, a URI, a UUID.

CEL does not know these functions, and all of Confluent's clients do. They differ in details from language to language: here
the standards decide, where they are as strict as the strictest of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

_LONGEST_NAME, _LONGEST_EMAIL, _LONGEST_MAILBOX = 253, 254, 64
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"(?:{_LABEL}\.)*(?![0-9]+\.?\Z){_LABEL}\.?")
_WORD = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(rf"{_WORD}(?:\.{_WORD})*")
_UUID = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_ESCAPED = "%[0-9A-Fa-f]{2}"
_NAME_CHARACTER = rf"[A-Za-z0-9._~!$&'()*+,;=-]|{_ESCAPED}"
_PATH_CHARACTER = rf"{_NAME_CHARACTER}|[:@]"
_AUTHORITY = rf"(?:(?:{_NAME_CHARACTER}|:)*@)?(?:\[(?P<literal>[^\[\]]*)\]|(?:{_NAME_CHARACTER})*)(?::[0-9]*)?"
_BELOW = rf"(?:/(?:{_PATH_CHARACTER})*)*"
_BEHIND = rf"(?:\?(?:{_PATH_CHARACTER}|[/?])*)?(?:\#(?:{_PATH_CHARACTER}|[/?])*)?"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?://{_AUTHORITY}{_BELOW}|(?!//)(?:{_PATH_CHARACTER}|/)*){_BEHIND}")
_RELATIVE = re.compile(rf"(?://{_AUTHORITY}{_BELOW}|(?!//)(?:(?:{_NAME_CHARACTER}|@)*){_BELOW}){_BEHIND}")
_FUTURE = re.compile(rf"v[0-9A-Fa-f]+\.(?:{_NAME_CHARACTER}|:)+")


def is_email(text: str) -> bool:
    """Say whether a text is an address of mail, without quotes or a name beside it: RFC 5321, section 4.1.2."""
    mailbox, _, host = text.rpartition("@")
    fits = len(text) <= _LONGEST_EMAIL and len(mailbox) <= _LONGEST_MAILBOX
    return fits and _MAILBOX.fullmatch(mailbox) is not None and is_hostname(host)


def is_hostname(text: str) -> bool:
    """Say whether a text is the name of a host, and not four numbers: RFC 1123, section 2.1."""
    return len(text) <= _LONGEST_NAME and _HOSTNAME.fullmatch(text) is not None


def is_ipv4(text: str) -> bool:
    """Say whether a text is an address of version 4."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    """Say whether a text is an address of version 6: RFC 4291, section 2.2."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def is_uri(text: str) -> bool:
    """Say whether a text is a URI with a scheme: RFC 3986, section 3."""
    return _is_one(_URI, text)


def is_uri_ref(text: str) -> bool:
    """Say whether a text is a URI, or what may stand in a page for one: RFC 3986, section 4.1."""
    return _is_one(_URI, text) or _is_one(_RELATIVE, text)


def is_uuid(text: str) -> bool:
    """Say whether a text is a UUID: RFC 9562, section 4."""
    return _UUID.fullmatch(text) is not None


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "isEmail": is_email,
    "isHostname": is_hostname,
    "isIpv4": is_ipv4,
    "isIpv6": is_ipv6,
    "isUri": is_uri,
    "isUriRef": is_uri_ref,
    "isUuid": is_uuid,
}
"""By the names that rules have for them."""


def _is_one(pattern: re.Pattern[str], text: str) -> bool:
    found = pattern.fullmatch(text)
    if found is None:
        return False
    literal = found["literal"]
    # A zone stands behind an escaped percent sign: RFC 6874.
    return literal is None or is_ipv6(literal.replace("%25", "%")) or _FUTURE.fullmatch(literal) is not None
