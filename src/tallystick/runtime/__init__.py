"""Typed producers and consumers, and a broker inside the process for demos and tests."""
