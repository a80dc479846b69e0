"""What people type into a plan: its facts, its rules, a target by hand, the signed document."""

from targets.forms.facts import DecisionForm, IndicatorForm, IssueForm, PlanFactsForm
from targets.forms.hand import OverrideForm
from targets.forms.rule import RuleForm

__all__ = [
    "DecisionForm",
    "IndicatorForm",
    "IssueForm",
    "OverrideForm",
    "PlanFactsForm",
    "RuleForm",
]
