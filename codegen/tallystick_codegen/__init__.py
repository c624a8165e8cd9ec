"""Typed Python clients from contracts: `python` renders the files, `write` puts them on disk and checks them."""
