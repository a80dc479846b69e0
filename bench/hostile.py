"""Memory that hostile files take, each read in a process of its own, above that of an idle one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Result

MOST_MIB = 400
_CHILD = """
import resource, sys
import django
django.setup()
from dvctt.lib import sheets
from tests import hostile
cases = {**hostile.REFUSED, "a million empty formatted rows": ("a.xlsx", hostile.empty_formatted_rows, "")}
def peak():
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(mine, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
name, make, _ = cases[sys.argv[1]]
if len(sys.argv) > 2:
    content = open(sys.argv[2], "rb").read()
    idle = peak()
    try:
        sheets.read_workbook(content, filename=name)
    except sheets.FileRefused:
        pass
    print(peak() - idle)
else:
    sys.stdout.buffer.write(make())
"""


def _child(*words: str) -> bytes:
    # The command is this interpreter and the lines above; the cases are our own.
    done = subprocess.run([sys.executable, "-c", _CHILD, *words], check=True, stdout=subprocess.PIPE)  # noqa: S603
    return done.stdout


def run() -> list[Result]:
    """Return the peaks as results: MiB in the place of milliseconds, the bound as the floor."""
    from tests import hostile

    results = []
    for case in [*hostile.REFUSED, "a million empty formatted rows"]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tep"
            path.write_bytes(_child(case))
            mib = float(_child(case, str(path)).split()[-1])
        name = f"Bộ nhớ thêm (MiB) khi gặp tệp độc hại: {case}; nền là mức cho phép"
        results.append(Result(name, MOST_MIB / 1000, mib / 1000, mib / MOST_MIB, 1.0))
    return results
