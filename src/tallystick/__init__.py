"""tallystick: data contracts for Apache Kafka, from one schema to typed messages."""

__version__ = "0.1.0"
