"""Benchmarks: a module here with a `run() -> list[Result]` measures one thing against its floor."""

from bench.measure import Result, compare

__all__ = ["Result", "compare"]
