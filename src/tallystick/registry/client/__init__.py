"""The client of any registry that speaks Confluent's REST API."""

from tallystick.registry.client.access import Access
from tallystick.registry.client.clients import AsyncRegistryClient, RegistryClient
from tallystick.registry.client.exchange import MAX_TRIES

__all__ = ["MAX_TRIES", "Access", "AsyncRegistryClient", "RegistryClient"]
