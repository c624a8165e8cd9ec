"""Rules about Avro schemas."""
