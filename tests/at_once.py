"""Two people at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from documents.services import DocumentError
from indicators.services import EntryError
from reports.rules import PublicationRefused

REFUSALS = (DocumentError, EntryError, PublicationRefused)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Let each act run in a thread of its own, begun together; return in order how they ended."""
    gate = threading.Barrier(len(acts), timeout=20)
    ended: dict[int, str] = {}

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
            ended[number] = "done"
        except REFUSALS as refusal:
            ended[number] = type(refusal).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return [ended.get(number, "hangs") for number in range(len(acts))]
