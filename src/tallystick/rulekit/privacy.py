"""Which attributes of a field mark it as personal data: lint asks for one, a change rule keeps them."""

MARKS = ("pii", "confluent:tags", "tags", "classification", "sensitivity")
