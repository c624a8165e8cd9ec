"""Lint: is this one contract well written?"""
