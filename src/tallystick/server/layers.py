"""The layers around a registry's application, from the outside in: each request goes through all of them."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.middleware import Middleware

from tallystick.registry.service import Registry
from tallystick.registry.store import Store
from tallystick.server.aside import Aside
from tallystick.server.audit import Audit
from tallystick.server.auth import Doorkeeper
from tallystick.server.crew import Crew
from tallystick.server.guard import Authenticate, Authorize
from tallystick.server.health import Health, MetricsPage
from tallystick.server.limits import Body, Buckets, Rate
from tallystick.server.observe import Gauges, Metrics, Observe
from tallystick.server.read_only import ReadOnly
from tallystick.server.settings import Settings

_BEYOND = 2**53  # no log is that long: what is read behind it is that the store can be read


def layers(
    settings: Settings, store: Store, registry: Registry, crew: Crew | None, doorkeeper: Doorkeeper | None = None
) -> list[Middleware]:
    """Return the layers that the settings ask for, the outermost first. UsageError: they can't be had.

    Without a crew, all is done in this process. A doorkeeper is given by who renews what it knows.
    """
    return list(_layers(settings, store, registry, crew, doorkeeper or Doorkeeper(settings.auth)))


def _layers(
    settings: Settings, store: Store, registry: Registry, crew: Crew | None, doorkeeper: Doorkeeper
) -> Iterator[Middleware]:
    limits, metrics = settings.limits, Metrics(_gauges(registry))
    yield Middleware(Observe, metrics=metrics, reads=settings.log.reads)
    yield Middleware(Health, check=lambda: _read_nothing(store))
    if settings.audit:
        yield Middleware(Audit, path=settings.audit)
    if settings.auth.is_on:
        yield Middleware(Authenticate, doorkeeper=doorkeeper)
    if limits.requests_per_second:
        yield Middleware(Rate, buckets=Buckets(limits.requests_per_second, limits.burst))
    yield Middleware(Body, most=limits.body_bytes, seconds=limits.body_seconds)
    if settings.auth.is_on:
        yield Middleware(Authorize)
    yield Middleware(MetricsPage, metrics=metrics)
    if settings.read_only:
        yield Middleware(ReadOnly)
    if crew is not None:
        yield Middleware(Aside, crew=crew, registry=registry, seconds=limits.parse_seconds)


def _gauges(registry: Registry) -> Gauges:
    return {
        "tally_registry_contexts": ("Contexts that there are.", lambda: len(registry.contexts())),
        "tally_registry_subjects": ("Subjects that have a version.", lambda: len(registry.subjects())),
    }


def _read_nothing(store: Store) -> None:
    for _ in store.read(_BEYOND):
        pass
