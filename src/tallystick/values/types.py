"""Types of values for which Python has none of its own: bytes of a fixed size, durations, and times to the nanosecond."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import ClassVar, NamedTuple, Self

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = 10**3


class FixedBytes(bytes):
    """Bytes of one size. A class of generated code derives from it and says which: `class Md5(FixedBytes, size=16)`."""

    __slots__ = ()
    size: ClassVar[int]

    def __init_subclass__(cls, *, size: int) -> None:
        cls.size = size

    def __new__(cls, data: bytes) -> Self:
        """Return the bytes as this type.

        Raises:
            ValueError: there are more or fewer.
        """
        if len(data) != cls.size:
            raise ValueError(f"{cls.__name__} takes {cls.size} bytes, got {len(data)}")
        return super().__new__(cls, data)


class Duration(NamedTuple):
    """Avro's duration: three counts that do not become each other, since months and days differ in length."""

    months: int = 0
    days: int = 0
    milliseconds: int = 0


class TimestampNanos(int):
    """A moment: nanoseconds since 1970 in UTC. A `datetime` ends at microseconds."""

    __slots__ = ()

    @classmethod
    def of(cls, moment: datetime, nanoseconds: int = 0) -> Self:
        """Return a moment with its zone, and nanoseconds on top of it.

        Raises:
            TypeError: the moment has no zone.
        """
        return cls((moment - _EPOCH) // timedelta(microseconds=1) * _MICROSECOND + nanoseconds)

    def datetime(self) -> datetime:
        """Return the moment, cut to the microsecond."""
        return _EPOCH + timedelta(microseconds=self // _MICROSECOND)


class LocalTimestampNanos(int):
    """A date and a time of day that are local to whoever reads them: nanoseconds since the start of 1970."""

    __slots__ = ()

    @classmethod
    def of(cls, moment: datetime, nanoseconds: int = 0) -> Self:
        """Return a moment without a zone, and nanoseconds on top of it.

        Raises:
            TypeError: the moment has a zone.
        """
        return cls((moment - _EPOCH.replace(tzinfo=None)) // timedelta(microseconds=1) * _MICROSECOND + nanoseconds)

    def datetime(self) -> datetime:
        """Return the moment, cut to the microsecond."""
        return _EPOCH.replace(tzinfo=None) + timedelta(microseconds=self // _MICROSECOND)


@lru_cache(maxsize=4096)
def attributes(cls: type) -> Mapping[str, str]:
    """Return the attributes of a generated class that are called otherwise than their fields, by the field's name.

    Python can't spell `class` as an attribute: generated code calls it `class_`, and the field's metadata says so.
    """
    if not dataclasses.is_dataclass(cls):
        return {}
    return {field.metadata["wire"]: field.name for field in dataclasses.fields(cls) if "wire" in field.metadata}
