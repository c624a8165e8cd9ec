"""`tally serve` as processes that can be killed, and what must hold of all that they acknowledged."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

HEADERS = {"Confluent-Accept-Unknown-Properties": "true"}


class Node:
    """A process that serves a store. `url` waits while it is started anew."""

    def __init__(self, store: str | Path) -> None:
        self._command = [sys.executable, "-m", "tallystick", "serve", "--port", "0", "--store", str(store)]
        self._lock = threading.Lock()
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def url(self) -> str:
        """Where it listens."""
        with self._lock:
            return self._url

    def kill(self) -> None:
        """End it with SIGKILL, and start another process in its place."""
        with self._lock:
            self._end()
            self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)

        assert self._process.stdout is not None
        self._url = self._process.stdout.readline().split()[2].rstrip(",")

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True)
class Acknowledged:
    """A node said that a schema has this id, and this version of its subject."""

    subject: str
    size: int
    id: int
    version: int


def text(size: int) -> str:
    """Return a small schema: another one for each size."""
    return f'{{"type":"fixed","name":"F","size":{size}}}'


def write(
    nodes: Sequence[Node], wanted: Iterable[tuple[str, int]], *, writers: int, kills: int = 0
) -> list[Acknowledged]:
    """Register subjects and sizes, from several threads and through all nodes in turn, until each was acknowledged.

    The first node is killed as often as asked, in the middle of it.
    """
    work = list(enumerate(wanted))
    stations = {len(work) * (number + 1) // (kills + 1) for number in range(kills)}
    done: list[Acknowledged] = []
    counted = threading.Lock()

    def register(client: httpx.Client, number: int, subject: str, size: int) -> None:
        answer = None
        while answer is None:
            url = nodes[number % len(nodes)].url
            try:
                answer = client.post(f"{url}/subjects/{subject}/versions", json={"schema": text(size)}, headers=HEADERS)
            except httpx.TransportError:
                continue  # killed: `url` waits for the next process

        assert answer.is_success, answer.text
        with counted:
            done.append(Acknowledged(subject, size, answer.json()["id"], answer.json()["version"]))
            due = len(done) in stations
        if due:
            nodes[0].kill()

    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(writers) as pool:
        for future in [pool.submit(register, client, number, *one) for number, one in work]:
            future.result()
    return done


def check(nodes: Iterable[Node], done: Sequence[Acknowledged]) -> None:
    """Fail unless every node has all that was acknowledged, each id is one schema's, and versions count without gaps."""
    for node in nodes:
        with httpx.Client(base_url=node.url, timeout=60) as client:
            for schema_id, size in {(one.id, one.size) for one in done}:
                assert text(size) == client.get(f"/schemas/ids/{schema_id}").json()["schema"]
            for subject in {one.subject for one in done}:
                versions = client.get(f"/subjects/{subject}/versions").json()
                known = {one.version: one.size for one in done if one.subject == subject}

                assert list(range(1, len(versions) + 1)) == versions
                assert set(versions) == set(known)
                for version, size in known.items():
                    assert text(size) == client.get(f"/subjects/{subject}/versions/{version}").json()["schema"]
    sizes = {one.id: one.size for one in done}

    assert len({one.size for one in done}) == len(sizes)
    assert {(one.id, one.size) for one in done} == set(sizes.items())
    assert len({(one.subject, one.version) for one in done}) == len({(one.subject, one.size) for one in done})
