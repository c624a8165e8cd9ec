"""Schemas: text to frozen type model and back."""
