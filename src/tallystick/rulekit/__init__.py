"""How a rule is written, found, explained and weighed."""
