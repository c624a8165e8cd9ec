"""All that touches a Kafka cluster without messages: settings and topics."""
