"""A registry beside what it stands on: start, memory, reads against a bare ASGI app on the same server, and registering.

Prints Markdown tables. Runs are interleaved and the best is taken: the machine has other work to do, too.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from tallystick.registry.model import SchemaRegistered, SchemaRequest
from tallystick.registry.service import Registry
from tallystick.registry.store.sqlite import SqliteStore

ROUNDS = 5
SCHEMAS = 10_000
CONNECTIONS, SECONDS = 16, 2.0
STEPS = (100, 1_000, 10_000)

BARE = """
import asyncio, socket, sys, uvicorn
body, kind = sys.argv[1].encode(), b"application/vnd.schemaregistry.v1+json"
headers = [(b"content-length", str(len(body)).encode()), (b"content-type", kind)]
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
listener = socket.create_server(("127.0.0.1", 0))
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print(f"bare on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False,
    proxy_headers=False, server_header=False)).run(sockets=[listener])
"""


def schema(number: int) -> str:
    """Return a schema of usual size that no other number has."""
    fields = [{"name": f"field_{i}", "type": ["null", "string"], "default": None} for i in range(10)]
    return json.dumps({"type": "record", "name": f"Event{number}", "fields": fields}, separators=(",", ":"))


def fill(path: Path, subjects: int) -> None:
    """Write the log of a registry with so many subjects."""
    with closing(SqliteStore(path)) as store:
        store.append([SchemaRegistered(f"subject-{n}", 1, n + 1, schema(n)) for n in range(subjects)], expected=0)


@contextmanager
def running(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server that says where it is on its first line."""
    environ = {**os.environ, "TALLY_SERVE_LOG_LEVEL": "error"}
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None  # noqa: S101  # a pipe
        try:
            yield process, process.stdout.readline().split()[2].rstrip(",")
        finally:
            process.kill()


def serve(store: Path) -> tuple[str, ...]:
    """Return the command of a registry."""
    return "-m", "tallystick", "serve", "--port", "0", "--store", str(store)


def start(store: Path) -> float:
    """Return the seconds from a cold start to the first answer."""
    begin = time.perf_counter()
    with running(*serve(store)) as (_, url):
        httpx.get(f"{url}/schemas/ids/1")
        return time.perf_counter() - begin


def memory(store: Path) -> float:
    """Return the megabytes of a registry, its workers included, that has answered for each of its schemas."""
    with running(*serve(store)) as (process, url), httpx.Client(base_url=url) as client:
        for number in range(0, SCHEMAS, 10):
            client.get(f"/subjects/subject-{number}/versions/latest")
            client.get(f"/schemas/ids/{number + 1}")
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 2**20


class Asking(asyncio.Protocol):
    """A connection that asks again as soon as it has its answer."""

    def __init__(self, request: bytes, size: int) -> None:
        self._request, self._size, self._rest = request, size, size
        self.answers = 0

    def connection_made(self, transport: Any) -> None:
        """Ask."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Ask again."""
        self._rest -= len(data)
        if self._rest <= 0:
            self.answers += 1
            self._rest = self._size
            self._transport.write(self._request)


async def throughput(url: str, path: str) -> float:
    """Return how many answers a second many connections get."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/vnd.schemaregistry.v1+json\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    writer.close()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Asking(request, len(head) + length), host, port)
        for _ in range(CONNECTIONS)
    ]
    before, begin = sum(one.answers for _, one in made), time.perf_counter()
    await asyncio.sleep(SECONDS)
    done = (sum(one.answers for _, one in made) - before) / (time.perf_counter() - begin)
    for transport, _ in made:
        transport.abort()
    return done


def reads(store: Path) -> tuple[float, float]:
    """Return the answers a second of a bare app and of a registry."""
    import uvloop

    body = json.dumps({"schema": schema(0)})
    best = [0.0, 0.0]
    with running("-c", BARE, body) as (_, bare), running(*serve(store)) as (_, registry):
        for _ in range(ROUNDS):
            for place, url in enumerate((bare, registry)):
                best[place] = max(best[place], uvloop.run(throughput(url, "/schemas/ids/1")))
    return best[0], best[1]


def registering(folder: Path) -> dict[str, tuple[float, float]]:
    """Return the median and the 99th percentile of milliseconds, of the best round: of a new subject, and a bare commit."""
    best: dict[str, tuple[float, float]] = {}
    with ExitStack() as stack:
        clients = {}
        for subjects in STEPS:
            fill(folder / f"{subjects}.db", subjects)
            _, url = stack.enter_context(running(*serve(folder / f"{subjects}.db")))
            clients[subjects] = stack.enter_context(httpx.Client(base_url=url))
        bare = stack.enter_context(closing(sqlite3.connect(folder / "bare.db", isolation_level=None)))
        bare.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (event TEXT)")
        numbers = count(SCHEMAS)
        for round_ in range(2 * ROUNDS + 1):
            taken = {"a bare commit of SQLite": [_commit(bare, next(numbers)) for _ in range(300)]}
            for subjects, client in clients.items():
                taken[f"{subjects:,} subjects"] = [_register(client, next(numbers)) for _ in range(300)]
            for name, times in taken.items() if round_ else ():  # in the first one, all is imported
                median, high = statistics.median(times) * 1000, sorted(times)[int(len(times) * 0.99)] * 1000
                least = best.get(name, (median, high))
                best[name] = min(median, least[0]), min(high, least[1])
    return best


def besides(folder: Path) -> Iterator[tuple[str, float, float, float]]:
    """Yield how long reading takes while nothing else is asked, and while a schema is refused for taking too long."""
    with running(*serve(folder / "bomb.db")) as (_, url), httpx.Client(base_url=url, timeout=60) as client:
        text = [_union(tag, 5_000) for tag in "AB"]
        client.post("/subjects/bomb/versions", json={"schema": text[0]}).raise_for_status()
        for name, bombs in [("nothing else", []), ("a bomb", [text[1]])]:
            with ThreadPoolExecutor() as pool:
                path = f"{url}/compatibility/subjects/bomb/versions"
                sent = [pool.submit(httpx.post, path, json={"schema": bomb}, timeout=60) for bomb in bombs]
                taken: list[float] = []
                while len(taken) < 500 or not all(one.done() for one in sent):
                    begin = time.perf_counter()
                    client.get("/subjects/bomb/versions")
                    taken.append(time.perf_counter() - begin)
                assert [422] * len(bombs) == [one.result().status_code for one in sent]  # noqa: S101  # else it was none
            times = sorted(taken)
            yield name, statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000, times[-1] * 1000


def _union(tag: str, kinds: int) -> str:
    """Return a union of records: comparing two of them compares each with each."""
    records = [{"type": "record", "name": f"{tag}{n}", "fields": [{"name": "a", "type": "int"}]} for n in range(kinds)]
    return json.dumps({"type": "record", "name": "R", "fields": [{"name": "u", "type": records}]})


def deciding(folder: Path) -> Iterator[tuple[int, float, float]]:
    """Yield the median and the 99th percentile of milliseconds of CPU for a new subject, in this process, after so many.

    What else the machine does, and how long its disk takes, does not count.
    """
    for subjects in STEPS:
        fill(folder / f"{subjects}-here.db", subjects)
        with closing(SqliteStore(folder / f"{subjects}-here.db")) as store:
            registry, taken = Registry(store), []
            gc.freeze()
            for number in range(SCHEMAS, SCHEMAS + 1_000):
                request = SchemaRequest(schema(number))
                begin = time.thread_time()
                registry.register(f"subject-{number}", request)
                taken.append((time.thread_time() - begin) * 1000)
        yield subjects, statistics.median(taken), sorted(taken)[990]


def _commit(connection: sqlite3.Connection, number: int) -> float:
    begin = time.perf_counter()
    connection.execute("INSERT INTO log VALUES (?)", (schema(number),))
    return time.perf_counter() - begin


def _register(client: httpx.Client, number: int) -> float:
    body = {"schema": schema(number)}
    begin = time.perf_counter()
    client.post(f"/subjects/subject-{number}/versions", json=body).raise_for_status()
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "empty.db", 0)
        fill(folder / "full.db", SCHEMAS)
        print("| | empty | 10,000 schemas | at most |\n|---|---:|---:|---:|")
        starts = [min(start(folder / f"{kind}.db") for _ in range(ROUNDS)) for kind in ("empty", "full")]
        print(f"| start to first answer, s | {starts[0]:.2f} | {starts[1]:.2f} | 0.7, 3 |")
        print(f"| memory, MB | {memory(folder / 'empty.db'):.0f} | {memory(folder / 'full.db'):.0f} | 150 |")
        bare, registry = reads(folder / "full.db")
        print("\n| `GET /schemas/ids/1` | answers a second | of the bare app |\n|---|---:|---:|")
        print(
            f"| a bare ASGI app, the same bytes | {bare:,.0f} | |\n| the registry | {registry:,.0f} | {registry / bare:.0%} |"
        )
        print("\n| register a new subject, after | p50 ms | p99 ms | p99 / p50 |\n|---|---:|---:|---:|")
        for after, (median, high) in registering(folder).items():
            print(f"| {after} | {median:.2f} | {high:.2f} | {high / median:.1f} |")
        print("\n| the CPU's part of it, after | p50 ms | p99 ms | p99 / p50 |\n|---|---:|---:|---:|")
        for subjects, median, high in deciding(folder):
            print(f"| {subjects:,} subjects | {median:.2f} | {high:.2f} | {high / median:.1f} |")
        print("\n| `GET /subjects/…/versions` beside | p50 ms | p99 ms | longest, ms |\n|---|---:|---:|---:|")
        for beside, median, high, longest in besides(folder):
            print(f"| {beside} | {median:.2f} | {high:.2f} | {longest:.1f} |")


if __name__ == "__main__":
    main()
