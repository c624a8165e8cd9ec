"""Count, time and log each request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tallystick.server.asked import Asked, asked

_log = logging.getLogger("tallystick.server.requests")
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SERVER_ERROR = 500

Gauges = Mapping[str, tuple[str, Callable[[], float]]]


class Metrics:
    """A node's metrics, in a registry of their own: another node in this process has others."""

    def __init__(self, gauges: Gauges) -> None:
        """Take gauges that are read when someone asks: what they are about, and where they come from."""
        self._all = CollectorRegistry()
        ProcessCollector(registry=self._all)
        self._all.register(_Live(gauges))
        self._seconds = Histogram(
            "tally_http_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self._all
        )
        self._requests = Counter(
            "tally_http_requests", "Requests answered.", ["method", "route", "status"], registry=self._all
        )
        self.in_progress = 0
        running = Gauge("tally_http_requests_in_progress", "Requests being answered.", registry=self._all)
        running.set_function(lambda: self.in_progress)
        # To find the child of some labels takes as long as all else that happens to a request here.
        self._children: dict[tuple[str, str, int], tuple[Histogram, Counter]] = {}

    def count(self, one: Asked) -> None:
        """Take in a request that has been answered."""
        method, route = one.operation.method, one.operation.route
        children = self._children.get((method, route, one.status))
        if children is None:
            children = self._seconds.labels(route), self._requests.labels(method, route, one.status)
            self._children[method, route, one.status] = children
        seconds, requests = children
        seconds.observe(one.seconds)
        requests.inc()

    def text(self) -> bytes:
        """Return all of them in Prometheus' text format."""
        return generate_latest(self._all)


class _Live(Collector):
    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (about, value) in self._gauges.items():
            yield GaugeMetricFamily(name, about, value=value())


class Observe:
    """The outermost layer: what happens inside of it is counted, timed and logged, exceptions included."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, reads: bool) -> None:
        self._app, self._metrics, self._reads = app, metrics, reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with an id that its answer carries, too."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        one = asked(scope)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                one.status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", one.id.encode())]
            await send(message)

        self._metrics.in_progress += 1
        try:
            await self._app(scope, receive, watched)
        finally:
            self._metrics.in_progress -= 1
            self._metrics.count(one)
            if self._reads or one.operation.writes or one.status >= _SERVER_ERROR:
                _log_request(one, scope["path"])


def _log_request(one: Asked, path: str) -> None:
    # No query and no header: a client may put a password there.
    facts = {"id": one.id, "method": one.operation.method, "path": path, "status": one.status, "user": one.user.name}
    facts |= {"client": one.client, "seconds": round(one.seconds, 6)}
    level = logging.ERROR if one.status >= _SERVER_ERROR else logging.INFO
    _log.log(level, "%s %s %s", one.operation.method, path, one.status, extra={"facts": facts})
