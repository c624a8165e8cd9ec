"""CEL, the Common Expression Language: parse, check types, compile to Python."""
