"""Rules on how a contract's version goes on. Codes: DOC2xx."""
