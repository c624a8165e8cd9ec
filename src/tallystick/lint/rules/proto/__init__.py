"""Rules about .proto files."""
