"""The gate: contracts against a baseline, all rules, one answer."""
