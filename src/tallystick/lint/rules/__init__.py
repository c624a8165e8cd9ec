"""Lint rules, one file each. Codes: DOC1xx."""
