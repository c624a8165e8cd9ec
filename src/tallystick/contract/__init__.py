"""Contracts: what a team writes down about one stream of events."""
