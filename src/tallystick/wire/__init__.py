"""Bytes on the wire: Confluent's framing and Avro's binary encoding."""
