"""Throw bytes at the decoders, guided by the lines that they reach: `make fuzz SECONDS=600`.

Whatever the bytes, a decoder gives a value or a DecodeError, in bounded time and memory. A value that it gives can be
encoded, and is the same when it is read again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tallystick.wire", "tallystick.values"]):
    from tallystick.errors import DecodeError
    from tallystick.runtime.typed_topic import TypedKey
    from tallystick.wire.avro import compile_decoder, compile_encoder
    from tallystick.wire.frame import HEADER_SIZE, read_header
    from tallystick.wire.message_indexes import read_indexes
    from tallystick.wire.single_object import read_fingerprint

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests/codegen/golden"


def targets() -> list[Callable[[bytes], None]]:
    """Return a function for each schema of the generator's tests, plain and resolving, and for each framing."""
    sys.path.insert(0, str(GOLDEN))
    names = sorted(path.stem for path in (GOLDEN / "golden_events/nasty").glob("*.py") if path.stem != "__init__")
    modules = (import_module(f"golden_events.nasty.{name}") for name in names)
    topics = [value for module in modules for value in vars(module).values() if isinstance(value, TypedKey)]
    return [*map(_plain, topics), *map(_classes, topics), _framings]


def _plain(typed: TypedKey) -> Callable[[bytes], None]:
    """Read into dicts. They do not say which of two records that look alike they are, so there is no way back."""
    decode = atheris.instrument_func(compile_decoder(typed.schema))
    return lambda data: decode(data, 0)


def _classes(typed: TypedKey) -> Callable[[bytes], None]:
    """Read into classes, and write what was read."""
    decode = atheris.instrument_func(typed.decoder(1, typed.schema_text))
    encode = compile_encoder(typed.schema, typed.classes)

    def run(data: bytes) -> None:
        value = decode(data, 0)
        again = encode(value)
        # Bytes are compared, since not-a-number is no equal of itself; and written anew: varints may have been padded.
        if encode(decode(again, 0)) != again:
            raise AssertionError(f"{value!r} is another value when it is read again")

    return run


def _framings(data: bytes) -> None:
    for read in (read_header, read_fingerprint, lambda data: read_indexes(data, HEADER_SIZE)):
        try:
            read(data)
        except DecodeError:
            continue


def main() -> None:
    """Run until a bound of libFuzzer's is reached; its options are those of the command line."""
    functions = targets()

    def one(data: bytes) -> None:
        if not data:
            return
        try:
            functions[data[0] % len(functions)](data[1:])
        except DecodeError:
            return

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
