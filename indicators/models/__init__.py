"""Chỉ tiêu and số liệu: catalogue, periods, figures with their history, entry."""

from indicators.models.catalogue import (
    NO_FIGURE,
    OFFICIAL_SOURCES,
    Direction,
    Indicator,
    Period,
    Source,
    State,
    ZeroDenominator,
    official_sources,
)
from indicators.models.deadlines import CalendarRule, Extension, Holiday, Move, PeriodKind
from indicators.models.doubts import DoubtStatus, DoubtStep, FigureDoubt
from indicators.models.evidence import EvidenceFile, EvidenceRemoval
from indicators.models.figures import (
    Measurement,
    MeasurementFields,
    MeasurementRevision,
    PublishedTarget,
    Scope,
    WithdrawnFigure,
)
from indicators.models.submissions import (
    OPEN_STATUSES,
    CellRemark,
    Entry,
    Submission,
    SubmissionEvent,
    SubmissionStatus,
)

__all__ = [
    "NO_FIGURE",
    "OFFICIAL_SOURCES",
    "OPEN_STATUSES",
    "CalendarRule",
    "CellRemark",
    "Direction",
    "DoubtStatus",
    "DoubtStep",
    "Entry",
    "EvidenceFile",
    "EvidenceRemoval",
    "Extension",
    "FigureDoubt",
    "Holiday",
    "Indicator",
    "Measurement",
    "MeasurementFields",
    "MeasurementRevision",
    "Move",
    "Period",
    "PeriodKind",
    "PublishedTarget",
    "Scope",
    "Source",
    "State",
    "Submission",
    "SubmissionEvent",
    "SubmissionStatus",
    "WithdrawnFigure",
    "ZeroDenominator",
    "official_sources",
]
