"""What may go wrong with a plan; the messages are Vietnamese."""

from __future__ import annotations


class PlanRefused(ValueError):
    """A definition that cannot become a plan; `problems` lists every slip with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class PlanIssued(Exception):
    """An issued plan is never changed: a later plan supersedes it."""


class PlanNotDraft(Exception):
    """What was asked needs another state of the plan."""


class PlanChanged(Exception):
    """Somebody changed the plan after the person's page was made."""


class OverrideRefused(ValueError):
    """A target set by hand that the plan cannot take."""


class PlanNotReady(Exception):
    """Approval or issue before everything is settled; `problems` lists what is open."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class ReasonMissing(ValueError):
    """A step that asks for a reason was taken without one."""
