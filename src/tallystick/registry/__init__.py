"""Subjects, versions and ids: a registry's rules, its stores, and the client of any registry."""
