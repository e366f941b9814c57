"""Calls that start at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls returned, in the order given."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        start.wait()
        results[index] = with_own_connection(calls[index])

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def with_own_connection(work: Callable[[], Any]) -> Any:
    """For a thread that the test did not start: what it opens is closed again."""
    try:
        return work()
    finally:
        connections.close_all()
