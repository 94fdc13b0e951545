"""What an app's `bench.py` registers, and how a measurement is taken.

@measure("thread page of 50 posts, at 1 and at 100 times the data")
def thread_page() -> list[Result]: ...

@measure_at_scale("a night with that many members")
def a_night(*, members: int, events: int) -> list[Result]: ...
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line of the report: what, how much, its unit (ms, queries, KB, times), and what it may be at most."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def holds(self) -> bool:
        return self.limit is None or self.value <= self.limit


@dataclass(frozen=True)
class Measure:
    app: str
    title: str
    take: Callable[..., list[Result]]


_measures: list[Measure] = []
_at_scale: list[Measure] = []


def measure(title: str) -> Callable[[Callable[[], list[Result]]], Callable[[], list[Result]]]:
    """Registers a function that measures. It runs in a database of its own, which is thrown away."""

    def register(take: Callable[[], list[Result]]) -> Callable[[], list[Result]]:
        _measures.append(Measure(app=take.__module__.partition(".")[0], title=title, take=take))
        return take

    return register


def measure_at_scale(title: str) -> Callable[[Callable[..., list[Result]]], Callable[..., list[Result]]]:
    """Registers one that takes long, and is taken only when the bench is told how many `members` and `events`."""

    def register(take: Callable[..., list[Result]]) -> Callable[..., list[Result]]:
        _at_scale.append(Measure(app=take.__module__.partition(".")[0], title=title, take=take))
        return take

    return register


def registered(apps: list[str], *, at_scale: bool = False) -> Iterator[Measure]:
    """Those of the named apps; of all when none is named."""
    return (one for one in (_at_scale if at_scale else _measures) if not apps or one.app in apps)


def milliseconds(work: Callable[[], object], *, times: int = 9) -> float:
    """CPU and waiting of one call: the median of several, after one that warms up."""
    work()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)
