"""Writing: plans from their JSON form or by people, what they assign, and their way to being issued."""

from targets.rules import ParametersWrong, RulesTie
from targets.services.assigning import assign_targets, store_targets
from targets.services.catalogue import LoadedTargets, load_targets, target_definitions
from targets.services.deciding import approve_plan, issue_plan, return_plan
from targets.services.drafting import (
    IndicatorFacts,
    PlanFacts,
    RuleFacts,
    copy_plan,
    create_plan,
    discard_draft,
    draft_successor,
    edit_plan,
    put_indicator,
    put_rule,
    remove_rule,
    renew_targets,
)
from targets.services.errors import (
    OverrideRefused,
    PlanChanged,
    PlanIssued,
    PlanNotDraft,
    PlanNotReady,
    PlanRefused,
    ReasonMissing,
)
from targets.services.loading import load_plan
from targets.services.overriding import drop_override, override_target

__all__ = [
    "IndicatorFacts",
    "LoadedTargets",
    "OverrideRefused",
    "ParametersWrong",
    "PlanChanged",
    "PlanFacts",
    "PlanIssued",
    "PlanNotDraft",
    "PlanNotReady",
    "PlanRefused",
    "ReasonMissing",
    "RuleFacts",
    "RulesTie",
    "approve_plan",
    "assign_targets",
    "copy_plan",
    "create_plan",
    "discard_draft",
    "draft_successor",
    "drop_override",
    "edit_plan",
    "issue_plan",
    "load_plan",
    "load_targets",
    "override_target",
    "put_indicator",
    "put_rule",
    "remove_rule",
    "renew_targets",
    "return_plan",
    "store_targets",
    "target_definitions",
]
