"""Avro's binary encoding: one encoder per schema and one decoder per pair of schemas, compiled at first use."""

from tallystick.wire.avro.decoder import compile_decoder
from tallystick.wire.avro.encoder import compile_encoder

__all__ = ["compile_decoder", "compile_encoder"]
