"""A node's workers: processes that read and compare what may take long, so that the node itself always answers."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from tallystick.errors import TallyError
from tallystick.server.frames import Frame, packed, received
from tallystick.server.settings import Settings

_log = logging.getLogger("tallystick.server")
_WORKERS = 2
_START_SECONDS = 60.0  # a large registry's log has to be read
_WRITE_SECONDS = 60.0  # the store has deadlines of its own
_IDLE_SECONDS = 300.0


class TooMuch(Exception):
    """A request took longer, or more memory, than it may. Nothing was written."""


class Busy(Exception):
    """All workers have something to do, for as long as a request may take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Crew:
    """Starts a worker when there is something to do, and ends it when there was nothing for a while."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_WORKERS)

    async def answer(self, head: dict[str, Any], body: bytes) -> Answer:
        """Return a worker's answer to a request.

        Raises:
            TooMuch, Busy: there is none.
            TallyError: a worker can't do its work.
        """
        seconds = self._settings.limits.parse_seconds
        try:
            await asyncio.wait_for(self._room.acquire(), seconds)
        except TimeoutError:
            raise Busy from None
        try:
            worker = self._idle.pop() if self._idle else await self._started()
            try:
                answer = await worker.answer(head, body, seconds)
            except BaseException:
                self._end(worker)
                raise
            self._rest(worker)
            return answer
        finally:
            self._room.release()

    async def close(self) -> None:
        """End all workers."""
        for worker in list(self._all):
            self._end(worker)
        await asyncio.gather(*self._ending)

    async def _started(self) -> _Worker:
        worker = await _Worker.start(self._settings)
        self._all.add(worker)
        return worker

    def _rest(self, worker: _Worker) -> None:
        self._idle.append(worker)
        worker.alarm = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._dismiss, worker)

    def _dismiss(self, worker: _Worker) -> None:
        if worker in self._idle:
            self._end(worker)

    def _end(self, worker: _Worker) -> None:
        task = asyncio.get_running_loop().create_task(worker.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        self._all.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)


class _Worker:
    """One process. Whatever it starts itself ends with it."""

    alarm: asyncio.TimerHandle | None = None

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, settings: Settings) -> _Worker:
        """Return a worker that has read the registry's log."""
        command = [sys.executable, "-m", "tallystick.server.worker"]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, start_new_session=True)
        worker = cls(process)
        hello = {
            "store": settings.store,
            "log": asdict(settings.log),
            "megabytes": settings.limits.parse_megabytes,
            "incompatible_code": settings.incompatible_code,
        }
        try:
            await worker._begin(hello)
        except BaseException:
            await worker.end()
            raise
        return worker

    async def _begin(self, hello: dict[str, Any]) -> None:
        await self._send(hello)
        said, _ = await asyncio.wait_for(self._next(), _START_SECONDS)
        if said["kind"] != "ready":
            raise TallyError(f"a worker did not start: {said['message']}")

    async def answer(self, head: dict[str, Any], body: bytes, seconds: float) -> Answer:
        """Return the answer to a request. The time that its store takes to write does not count."""
        if self.alarm is not None:
            self.alarm.cancel()
        await self._send(head, body)
        loop, has_written = asyncio.get_running_loop(), False
        until = loop.time() + seconds
        try:
            while True:
                async with asyncio.timeout_at(until):
                    said, content = await self._next()
                if said["kind"] != "writing":
                    break
                begin = loop.time()
                has_written = await self._written() or has_written
                # What is written can't be refused any more: all that is left is to say so.
                until = loop.time() + _WRITE_SECONDS if has_written else until + loop.time() - begin
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            # The latter: the system ended it for its hunger, or a parser brought it down.
            raise (_lost() if has_written else TooMuch()) from error
        if said["kind"] == "exhausted":
            raise _lost() if has_written else TooMuch
        if said["kind"] == "broken":
            raise TallyError("a worker failed, and has logged why")
        return Answer(said["status"], [(name, value) for name, value in said["headers"]], content)

    async def _written(self) -> bool:
        """Let it write; say whether it did. From here on the answer is not 'too much'."""
        try:
            await self._send({"kind": "go"})
            said, _ = await asyncio.wait_for(self._next(), _WRITE_SECONDS)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise _lost() from error
        return bool(said["done"])

    async def end(self) -> None:
        """End it, and all that it started."""
        if self.alarm is not None:
            self.alarm.cancel()
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        await self._process.communicate()  # closes its pipes, too

    async def _send(self, head: dict[str, Any], body: bytes = b"") -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(packed(head, body))
            await self._process.stdin.drain()

    async def _next(self) -> Frame:
        if self._process.stdout is None:
            raise EOFError
        return await received(self._process.stdout)


def _lost() -> TallyError:
    return TallyError("a worker was lost while it wrote: look whether the registry has it now")
