"""The layers around a registry's application, from the outside in: each request goes through all of them."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.middleware import Middleware

from tallystick.registry.store import Store
from tallystick.server.health import Health, MetricsPage
from tallystick.server.observe import Metrics, Observe
from tallystick.server.read_only import ReadOnly
from tallystick.server.settings import Settings

_BEYOND = 2**53  # no log is that long: what is read behind it is that the store can be read


def layers(settings: Settings, store: Store) -> list[Middleware]:
    """Return the layers that the settings ask for, the outermost first."""
    metrics = Metrics({})
    return list(_layers(settings, store, metrics))


def _layers(settings: Settings, store: Store, metrics: Metrics) -> Iterator[Middleware]:
    yield Middleware(Observe, metrics=metrics, reads=settings.log.reads)
    yield Middleware(Health, check=lambda: _read_nothing(store))
    yield Middleware(MetricsPage, metrics=metrics)
    if settings.read_only:
        yield Middleware(ReadOnly)


def _read_nothing(store: Store) -> None:
    for _ in store.read(_BEYOND):
        pass
