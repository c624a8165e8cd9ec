"""The registry's REST API, as Confluent's clients know it."""
