"""Do many calls at once, but not too many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeAlias, TypeVar

# Threads, and not an event loop: httpx answers a thread in half a millisecond, and a loop with 16 requests in 3.
LIMIT = 8
Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many steps are done, and how many are known to come."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def together(
    work: Callable[[Item], Result], items: Iterable[Item], progress: Progress = lambda _done, _all: None
) -> list[Result]:
    """Return the results for all items, in their order. After the first error, no more work is begun."""
    with ThreadPoolExecutor(LIMIT) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done, len(futures))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]
