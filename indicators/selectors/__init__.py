"""Reading: the catalogue, figures, and what stands of entering."""

from indicators.selectors.figures import (
    EarlierFigure,
    Figure,
    current_indicators,
    earlier_figures,
    figures_of_unit,
    history_of,
    indicator_by_code,
    official_figures,
    official_figures_summed,
    period_by_code,
    quarters_of_year,
    revision_at,
)
from indicators.selectors.reviewing import ComparedCell, Comparison, compare_reports
from indicators.selectors.submissions import (
    BoardRow,
    Step,
    asked_indicators,
    entries_since,
    entry_periods,
    queue_by_risk,
    steps_of,
    submission_board,
)

__all__ = [
    "BoardRow",
    "ComparedCell",
    "Comparison",
    "EarlierFigure",
    "Figure",
    "Step",
    "asked_indicators",
    "compare_reports",
    "current_indicators",
    "earlier_figures",
    "entries_since",
    "entry_periods",
    "figures_of_unit",
    "history_of",
    "indicator_by_code",
    "official_figures",
    "official_figures_summed",
    "period_by_code",
    "quarters_of_year",
    "queue_by_risk",
    "revision_at",
    "steps_of",
    "submission_board",
]
