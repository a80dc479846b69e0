"""What may go wrong with a plan; the messages are Vietnamese."""

from __future__ import annotations


class PlanRefused(ValueError):
    """A definition that cannot become a plan; `problems` lists every slip with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class PlanIssued(Exception):
    """An issued plan is never changed: a later plan supersedes it."""
