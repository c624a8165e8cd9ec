"""Lint rules, one file each, by what they are about. Codes: DOC1xx."""
