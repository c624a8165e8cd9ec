"""Move what a registry holds: out of it, into another one, and to a file between them."""
