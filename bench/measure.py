"""Measuring ours against a floor in the same run; only the ratio means anything on a noisy machine."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One comparison. Times are medians in seconds; `limit`: the ratio to stay under, or None."""

    name: str
    floor_s: float
    ours_s: float
    ratio: float
    limit: float | None

    @property
    def holds(self) -> bool:
        return self.limit is None or self.ratio <= self.limit


def compare(
    *, name: str, floor: Callable[[], object], ours: Callable[[], object], limit: float, rounds: int = 15
) -> Result:
    """Run floor and ours in turn, so that a slow moment meets both, and compare the medians."""
    floor()
    ours()
    floor_times, our_times = [], []
    for _ in range(rounds):
        floor_times.append(seconds(floor))
        our_times.append(seconds(ours))
    floor_s, ours_s = statistics.median(floor_times), statistics.median(our_times)
    return Result(name=name, floor_s=floor_s, ours_s=ours_s, ratio=ours_s / floor_s, limit=limit)


def seconds(action: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
