"""Writing: plans from their JSON form, and what they assign."""

from targets.rules import ParametersWrong, RulesTie
from targets.services.assigning import assign_targets
from targets.services.errors import PlanIssued, PlanRefused
from targets.services.loading import load_plan

__all__ = ["ParametersWrong", "PlanIssued", "PlanRefused", "RulesTie", "assign_targets", "load_plan"]
