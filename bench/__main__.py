"""Run every benchmark, print the ratios, and write them to docs/benchmarks.md (`python3 run.py bench`)."""

import importlib
import os
import pkgutil
import platform
import re
import sys
from datetime import date
from pathlib import Path

import django

import bench
from bench.measure import Result

REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = """# Đo hiệu năng / Benchmarks

`python3 run.py bench` đo “nền” (cách nhanh nhất có thể) và “ta” trong cùng một lần chạy rồi so tỷ lệ;
thời gian tuyệt đối tuỳ máy, tỷ lệ thì không. The floor and ours in one run; only the ratio means anything.

"""


def modules(wanted: list[str]) -> list[str]:
    found = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    return [name for name in found if name not in {"__main__", "measure"} and (not wanted or name in wanted)]


def line(result: Result) -> str:
    limit, verdict = "–", "để biết"
    if result.limit is not None:
        limit, verdict = f"≤ {result.limit:.2f}", "đạt" if result.holds else "**vượt**"
    return (
        f"| {result.name} | {result.floor_s * 1000:.1f} | {result.ours_s * 1000:.1f}"
        f" | {result.ratio:.2f} | {limit} | {verdict} |"
    )


def machine() -> str:
    """Return what was measured on: the processor by its name, where the system tells it, and its cores."""
    name = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.is_file():
        told = re.search(r"^model name\s*:\s*(.+)$", cpus.read_text(), re.MULTILINE)
        name = told[1] if told else name
    return f"{name}, {os.cpu_count()} lõi, {platform.system()}"


def report(results: list[Result], *, on: date) -> str:
    table = ["| việc | nền (ms) | ta (ms) | tỷ lệ | giới hạn | |", "|---|--:|--:|--:|--:|---|"]
    python = platform.python_version()
    made = f"{on:%d/%m/%Y} · Python {python} · Django {django.__version__} · {machine()}"
    return HEAD + "\n".join([*table, *map(line, results), "", made, ""])


def main() -> int:
    wanted = sys.argv[1:]
    django.setup()
    results: list[Result] = []
    for name in modules(wanted):
        print(f"--- {name}", flush=True)
        for result in importlib.import_module(f"bench.{name}").run():
            print(line(result), flush=True)
            results.append(result)
    if not results:
        print("Không có phép đo nào / no benchmark found")
        return 1
    if not wanted:
        REPORT.write_text(report(results, on=date.today()), encoding="utf-8")  # noqa: DTZ011 -- a file's date
        print(f"Đã ghi / written: {REPORT.name}")
    return int(not all(result.holds for result in results))


if __name__ == "__main__":
    sys.exit(main())
