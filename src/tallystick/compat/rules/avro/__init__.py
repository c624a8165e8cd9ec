"""Rules on Avro schemas. Codes: 1xx records, 2xx enums, 3xx unions, 4xx primitives and logical types, 5xx names."""
