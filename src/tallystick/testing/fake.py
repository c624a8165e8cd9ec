"""Choices by a seeded die: values as they could be in production, guessed from the names of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from faker import Faker
from rstr import Rstr

from tallystick.expressions.bounds import Bounds
from tallystick.expressions.patterns import as_python
from tallystick.schema.types import FixedType, Type
from tallystick.testing.build import Choices, Place, real_bounds, single
from tallystick.values.logical import Leaf
from tallystick.values.types import Duration, LocalTimestampNanos, TimestampNanos

T = TypeVar("T")
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Moments are in the 30 days before this: the same seed gives the same values on any day."""
_DAYS = 30
_NO_VALUE = re.compile(r"(^|_)(UNSPECIFIED|UNKNOWN|OTHER|UNDEFINED)$")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

# The last words of a field's name, and what Faker has for it. The first that fits counts.
_TEXTS: Sequence[tuple[str, str]] = (
    (r"e_?mail(_address)?", "email"),
    (r"(first|given)_name", "first_name"),
    (r"(last|family)_name|surname", "last_name"),
    (r"user_?name|login|nick(name)?", "user_name"),
    (r"(company|vendor|supplier|merchant|acquirer)(_name)?", "company"),
    (r"(full_|customer_|person_|display_)?name", "name"),
    (r"(tele)?phone(_number)?|mobile", "phone_number"),
    (r"ip(_address)?|ipv4", "ipv4"),
    (r"street(_\d|_address)?|address(_line)?(_\d)?", "street_address"),
    (r"city|town", "city"),
    (r"(post|zip)(al)?_?code|zip", "postcode"),
    (r"country(_code)?", "country_code"),
    (r"(state|region|province)", "state"),
    (r"currency(_code)?", "currency_code"),
    (r"iban", "iban"),
    (r"ur[il]|link|website|refer+er", "url"),
    (r"page|path", "uri_path"),
    (r"user_agent", "user_agent"),
    (r"language|locale", "locale"),
    (r"colou?r", "color_name"),
    (r"(host|domain)(_name)?", "domain_name"),
    (r"ean|gtin|barcode", "ean13"),
    (r"title|subject|headline", "catch_phrase"),
    (r"notes?|comments?|description|message|text|reason|body", "sentence"),
)
_FORMATS = {
    "isEmail": "email",
    "isHostname": "domain_name",
    "isIpv4": "ipv4",
    "isIpv6": "ipv6",
    "isUri": "url",
    "isUriRef": "uri",
    "isUuid": "uuid4",
}
_A_FEW = 7
# The same for numbers: from, to.
_NUMBERS: Sequence[tuple[str, tuple[int, int]]] = (
    (r"lat(itude)?", (-90, 90)),
    (r"(lon|lng|long)(itude)?", (-180, 180)),
    (r"age", (18, 90)),
    (r"year", (2020, 2026)),
    (r"month", (1, 12)),
    (r"(percent(age)?|ratio|share|battery|humidity)", (0, 100)),
    (r"(temperature|celsius)", (-20, 40)),
    (r"(quantity|count|items|pieces|attempts?|retries)", (1, 10)),
    (r"(price|amount|total|cost|fee|balance|discount|tax|value)", (1, 500)),
    (r"(cents|minor_?units)", (100, 50_000)),
    (r"(port)", (1024, 65_535)),
)
_USUAL = (0, 1000)


def rolled(seed: int) -> Choices:
    """Return choices that a die makes, the same ones for the same seed."""
    return _Rolled(seed)


class _Rolled:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # test data, not secrets
        self._faker = Faker()
        self._faker.seed_instance(seed)
        self._texts = _ShortTexts(self._random)

    def one_of(self, options: Sequence[T], place: Place) -> T:
        telling = [one for one in options if not _says_nothing(one)]
        if place.depth > 0 and telling and len(telling) < len(options) and self._random.random() < 0.9:  # noqa: PLR2004  # now and then
            options = telling
        return self._random.choice(options)

    def length(self, least: int, most: int | None, place: Place) -> int:  # noqa: ARG002  # what `Choices` asks
        usual = max(least, 1)
        return self._random.randint(usual, usual + 2) if most is None else self._random.randint(min(usual, most), most)

    def key(self, place: Place) -> str:  # noqa: ARG002  # the same
        return str(self._faker.word())

    def whole(self, low: int, high: int, kind: Leaf, place: Place) -> int:
        unit = 10**kind.logical.scale if kind.logical else 1
        least, most = (end * unit for end in _found(_NUMBERS, place.name) or _USUAL)
        least, most = max(low, least), min(high, most)
        return self._random.randint(least, most) if least <= most else self._random.randint(low, min(high, low + 1000))

    def real(self, kind: Leaf, place: Place) -> float:
        usual = _found(_NUMBERS, place.name) or (0, 100)
        low, high = real_bounds(place.bounds, is_single=kind.kind == "float")
        least, most = max(low, usual[0]), min(high, usual[1])
        if least > most:
            least, most = (low, min(high, low + 100)) if low > usual[1] else (max(low, high - 100), high)
        rolled = round(self._random.uniform(least, most), 2)
        made = single(rolled) if kind.kind == "float" else float(rolled)
        return made if low <= made <= high else least

    def plain(self, kind: Leaf, place: Place) -> Any:
        name = kind.logical.name if kind.logical else ""
        if name in _LOGICAL:
            return _LOGICAL[name](self._random)
        size = kind.size if isinstance(kind, FixedType) else max(8, place.bounds.least_size)
        match kind.kind:
            case "null":
                return None
            case "boolean":
                return self._random.random() < 0.5  # noqa: PLR2004  # a coin
            case "bytes" | "fixed":
                return self._random.randbytes(size)
            case _:
                return self._fitted(self._text(place.name), place.bounds)

    def _text(self, name: str) -> str:
        spelt = re.sub("(id|number|key|ref)s$", r"\1", "_".join(_WORDS.findall(name)).lower())
        if spelt.endswith(("_id", "_number", "_no", "_ref", "_key")) or spelt in ("id", "key", "sku", "token"):
            what = spelt.rpartition("_")[0] or spelt
            return f"{what.replace('_', '-')}-{self._random.randint(1000, 9999)}"
        provider = _found(_TEXTS, name)
        return str(getattr(self._faker, provider)() if provider else " ".join(self._faker.words(2)))

    def _fitted(self, text: str, bounds: Bounds) -> str:
        if bounds.format:
            return str(getattr(self._faker, _FORMATS[bounds.format])())
        pattern = as_python(bounds.pattern)
        if pattern is not None:
            return text if pattern.search(text) else self._texts.xeger(pattern)
        text = text if text.startswith(bounds.start) else bounds.start + text
        text = text if bounds.inside in text else text + bounds.inside
        fill = "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=max(0, bounds.least_size - len(text))))
        text = (text + fill)[: bounds.most_size]
        return text if text.endswith(bounds.end) else text[: len(text) - len(bounds.end)] + bounds.end


class _ShortTexts(Rstr):
    """Texts of patterns, in which `+` and `*` stand for a few, and not for up to a hundred."""

    def _handle_repeat(self, start_range: int, end_range: int, value: Any) -> str:
        times = self._random.randint(start_range, max(start_range, min(end_range, start_range + _A_FEW)))
        return "".join(self._handle_state(part) for _ in range(times) for part in value)


def _says_nothing(option: object) -> bool:
    if option is None:
        return True
    return option.kind == "null" if isinstance(option, Type) else bool(_NO_VALUE.search(str(option)))


def _found(table: Sequence[tuple[str, T]], name: str) -> T | None:
    """Return what a table has for the last words of a name."""
    spelt = "_".join(_WORDS.findall(name)).lower()
    return next((found for pattern, found in table if re.search(rf"(^|_)({pattern})$", spelt)), None)


def _moment(random: Random, *, coarse: bool, zone: Any = UTC) -> datetime:
    seconds = random.randrange(_DAYS * 24 * 3600)
    micros = random.randrange(1000) * 1000 if coarse else random.randrange(1_000_000)
    return (NEWEST - timedelta(seconds=seconds, microseconds=micros)).replace(tzinfo=zone)


def _time(random: Random, *, coarse: bool) -> time:
    return _moment(random, coarse=coarse, zone=None).time()


def _day(random: Random) -> date:
    return NEWEST.date() - timedelta(days=random.randrange(_DAYS))


_LOGICAL: Mapping[str, Callable[[Random], Any]] = {
    "date": _day,
    "time-millis": lambda random: _time(random, coarse=True),
    "time-micros": lambda random: _time(random, coarse=False),
    "timestamp-millis": lambda random: _moment(random, coarse=True),
    "timestamp-micros": lambda random: _moment(random, coarse=False),
    "local-timestamp-millis": lambda random: _moment(random, coarse=True, zone=None),
    "local-timestamp-micros": lambda random: _moment(random, coarse=False, zone=None),
    "timestamp-nanos": lambda random: TimestampNanos.of(
        _moment(random, coarse=False), nanoseconds=random.randrange(1000)
    ),
    "local-timestamp-nanos": lambda random: LocalTimestampNanos.of(
        _moment(random, coarse=False, zone=None), nanoseconds=random.randrange(1000)
    ),
    "duration": lambda random: Duration(random.randrange(12), random.randrange(30), random.randrange(86_400_000)),
    "big-decimal": lambda random: Decimal(random.randrange(1_000_000)).scaleb(-2),
    "uuid": lambda random: UUID(int=random.getrandbits(128), version=4),
}
