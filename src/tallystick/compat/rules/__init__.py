"""Compatibility rules, one file each."""
