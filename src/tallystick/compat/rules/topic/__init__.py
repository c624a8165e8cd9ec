"""Rules on topics. Codes: TOPIC1xx."""
