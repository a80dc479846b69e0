"""Writing: the catalogue, figures with their history, and entry."""

from documents.services import DocumentsUnreadable
from dvctt.lib.periods import PeriodUnknown
from indicators.rules import (
    CatalogueUnreadable,
    FigureDraft,
    FigureRefused,
    IndicatorUnknown,
    StoredFigure,
)
from indicators.services.catalogue import ensure_period, load_catalogue
from indicators.services.measurements import (
    Compared,
    PublishedTargetDraft,
    Recorded,
    compare_measurements,
    record_measurements,
    record_published_targets,
)

__all__ = [
    "CatalogueUnreadable",
    "Compared",
    "DocumentsUnreadable",
    "FigureDraft",
    "FigureRefused",
    "IndicatorUnknown",
    "PeriodUnknown",
    "PublishedTargetDraft",
    "Recorded",
    "StoredFigure",
    "compare_measurements",
    "ensure_period",
    "load_catalogue",
    "record_measurements",
    "record_published_targets",
]
