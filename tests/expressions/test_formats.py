"""What a text may be: by the standards, and as Confluent's clients see it."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from celpy.celtypes import StringType
from confluent_kafka.schema_registry.rules.cel.extra_func import EXTRA_FUNCS
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import avro

from tallystick.expressions.formats import FORMATS
from tallystick.expressions.of_avro import of_avro
from tallystick.expressions.rule import condition

TEXT = of_avro(avro({"type": "record", "name": "T", "fields": [{"name": "text", "type": "string"}]}))


def answers(name: str, text: str) -> set[bool]:
    """Return what a rule says of a text: compiled, and in the library."""
    rules = (f"message.text.{name}()", f"message.text.{name}() && message.text.matches('')")
    return {condition(rule, TEXT).holds({"text": text}) for rule in rules}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("isEmail", "a@example.com"),
        ("isEmail", "first.last+tag@mail.example.co"),
        ("isEmail", "a@localhost"),
        ("isEmail", f"{'a' * 64}@example.com"),
        ("isHostname", "example.com"),
        ("isHostname", "example.com."),
        ("isHostname", "1.2.3.a"),
        ("isHostname", "xn--bcher-kva.example"),
        ("isHostname", "a" * 63),
        ("isIpv4", "192.0.2.1"),
        ("isIpv6", "2001:db8::1"),
        ("isIpv6", "::ffff:192.0.2.1"),
        ("isIpv6", "fe80::1%eth0"),
        ("isUri", "https://example.com"),
        ("isUri", "https://user:pw@example.com:8443/a/b%20c?q=1&r=/?#top"),
        ("isUri", "http://[2001:db8::1]:80/"),
        ("isUri", "http://[fe80::1%25eth0]/"),
        ("isUri", "http://[v7.host:x]/"),
        ("isUri", "urn:isbn:0451450523"),
        ("isUri", "mailto:a@example.com"),
        ("isUri", "file:///etc/hosts"),
        ("isUri", "a:"),
        ("isUriRef", "https://example.com/a"),
        ("isUriRef", "//example.com/a"),
        ("isUriRef", "/a/b"),
        ("isUriRef", "../a?b#c"),
        ("isUriRef", "#top"),
        ("isUriRef", ""),
        ("isUuid", "123e4567-e89b-12d3-a456-426614174000"),
        ("isUuid", "123E4567-E89B-12D3-A456-426614174000"),
    ],
)
def test_a_text_is_of_a_format(name: str, text: str) -> None:
    assert {True} == answers(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("isEmail", ""),
        ("isEmail", "a"),
        ("isEmail", "@example.com"),
        ("isEmail", "a@"),
        ("isEmail", "a@b@example.com"),
        ("isEmail", "a b@example.com"),
        ("isEmail", "A <a@example.com>"),
        ("isEmail", "a..b@example.com"),
        ("isEmail", ".a@example.com"),
        ("isEmail", "a@192.0.2.1"),
        ("isEmail", "a@example.com\n"),
        ("isEmail", "a@example.com\0"),
        ("isEmail", f"{'a' * 65}@example.com"),
        ("isEmail", f"a@{'b.' * 126}c"),
        ("isHostname", ""),
        ("isHostname", "."),
        ("isHostname", "a..b"),
        ("isHostname", "-a.com"),
        ("isHostname", "a-.com"),
        ("isHostname", "a_b.com"),
        ("isHostname", "bücher.example"),
        ("isHostname", "192.0.2.1"),
        ("isHostname", "a.1"),
        ("isHostname", "a.1."),
        ("isHostname", "a" * 64),
        ("isHostname", "a." * 127),
        ("isIpv4", "192.0.2"),
        ("isIpv4", "192.0.2.256"),
        ("isIpv4", "192.0.2.01"),
        ("isIpv4", "::1"),
        ("isIpv6", "192.0.2.1"),
        ("isIpv6", "2001:db8::1::2"),
        ("isIpv6", "[::1]"),
        ("isUri", ""),
        ("isUri", "example.com"),
        ("isUri", "/a/b"),
        ("isUri", "1http://example.com"),
        ("isUri", "http://exa mple.com"),
        ("isUri", "http://example.com/%zz"),
        ("isUri", "http://example.com:port"),
        ("isUri", "http://[::1"),
        ("isUri", "http://[::g]/"),
        ("isUri", "http://a/#b#c"),
        ("isUri", "http://a/\n"),
        ("isUriRef", "a b"),
        ("isUriRef", "1:2"),
        ("isUriRef", "//[x]/"),
        ("isUriRef", "%"),
        ("isUuid", ""),
        ("isUuid", "123e4567e89b12d3a456426614174000"),
        ("isUuid", "{123e4567-e89b-12d3-a456-426614174000}"),
        ("isUuid", "123e4567-e89b-12d3-a456-42661417400g"),
    ],
)
def test_a_text_is_not_of_a_format(name: str, text: str) -> None:
    assert {False} == answers(name, text)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("part", ["a", "a.", "a-", "%41", "/", "a@", ":", "[", "0", "//", "?", "::"])
def test_a_long_text_gets_its_answer(name: str, part: str) -> None:
    """A pattern that goes back and tries again would not end."""
    text = f"http://{part * 200_000}\n" if name.startswith("isUri") else f"{part * 200_000}\n"

    assert FORMATS[name](text) is False


HOSTS = st.lists(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True), min_size=1, max_size=3).map(
    ".".join
)


@given(HOSTS.filter(lambda host: not host.rpartition(".")[2].isdecimal()), st.ip_addresses(v=6))
def test_what_is_made_by_the_rules_is_of_the_format(host: str, address: IPv6Address) -> None:
    assert FORMATS["isHostname"](host)
    assert FORMATS["isEmail"](f"a.b@{host}")
    assert FORMATS["isUri"](f"https://{host}/a?b#c")
    assert FORMATS["isUri"](f"https://[{address}]:443")
    assert FORMATS["isIpv6"](str(address))


@given(st.data())
def test_confluents_client_agrees(data: st.DataObject) -> None:
    """But for URIs: to that client one without a path is none."""
    name = data.draw(st.sampled_from(["isEmail", "isHostname", "isIpv4", "isIpv6", "isUuid"]))
    pieces = [
        "a",
        "b-c",
        "-",
        ".",
        "@",
        "1",
        "255",
        "256",
        ":",
        "::",
        "ffff",
        "example.com",
        "192.0.2.1",
        "%1",
        "a" * 63,
    ]
    pieces += ["123e4567-e89b-12d3-a456-426614174000"]
    text = data.draw(st.lists(st.sampled_from(pieces), max_size=7).map("".join))
    ours, theirs = FORMATS[name](text), bool(EXTRA_FUNCS[name](StringType(text)))

    # Ours is the stricter one: theirs takes UUIDs without dashes and dots that follow each other.
    assert theirs or not ours
    if name in ("isHostname", "isIpv4", "isIpv6"):
        assert theirs is ours
