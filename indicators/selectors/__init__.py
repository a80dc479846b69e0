"""Reading: the catalogue, figures, and what stands of entering."""

from indicators.selectors.deadlines import (
    deadline_of_unit,
    deadlines_by_level,
    deadlines_for,
    latest_extensions,
    may_lock,
)
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
from indicators.selectors.sending import OnTime, SendingRow, on_time_rates, sending_rows
from indicators.selectors.submissions import (
    BoardRow,
    asked_indicators,
    entries_since,
    entry_periods,
    submission_board,
)

__all__ = [
    "BoardRow",
    "EarlierFigure",
    "Figure",
    "OnTime",
    "SendingRow",
    "asked_indicators",
    "current_indicators",
    "deadline_of_unit",
    "deadlines_by_level",
    "deadlines_for",
    "earlier_figures",
    "entries_since",
    "entry_periods",
    "figures_of_unit",
    "history_of",
    "indicator_by_code",
    "latest_extensions",
    "may_lock",
    "official_figures",
    "official_figures_summed",
    "on_time_rates",
    "period_by_code",
    "quarters_of_year",
    "revision_at",
    "sending_rows",
    "submission_board",
]
