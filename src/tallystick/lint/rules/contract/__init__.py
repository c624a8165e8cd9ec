"""Rules about what a contract says beside its schema, whatever language that is in."""
