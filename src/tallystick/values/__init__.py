"""Values under a schema: check them, read and write them as JSON."""
