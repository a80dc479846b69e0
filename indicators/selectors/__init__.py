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
from indicators.selectors.submissions import (
    BoardRow,
    asked_indicators,
    entries_since,
    entry_periods,
    filled_cells,
    submission_board,
)

__all__ = [
    "BoardRow",
    "EarlierFigure",
    "Figure",
    "asked_indicators",
    "current_indicators",
    "earlier_figures",
    "entries_since",
    "entry_periods",
    "figures_of_unit",
    "filled_cells",
    "history_of",
    "indicator_by_code",
    "official_figures",
    "official_figures_summed",
    "period_by_code",
    "quarters_of_year",
    "revision_at",
    "submission_board",
]
