"""Writing: the catalogue, figures with their history, and entry."""

from documents.services import DocumentsUnreadable
from dvctt.lib.periods import PeriodUnknown
from indicators.rules import (
    CatalogueUnreadable,
    Cell,
    EntryError,
    EntryInvalid,
    FigureDraft,
    FigureRefused,
    IndicatorUnknown,
    OwnEntry,
    PeriodClosed,
    ReasonMissing,
    StoredFigure,
    SubmissionChanged,
    SubmissionClosed,
    SubmissionIncomplete,
)
from indicators.services.catalogue import ensure_catalogue, ensure_period, load_catalogue
from indicators.services.measurements import (
    Compared,
    PublishedTargetDraft,
    Recorded,
    compare_measurements,
    record_measurements,
    record_published_targets,
)
from indicators.services.submissions import (
    Saved,
    approve_submission,
    check_open,
    open_submission,
    return_submission,
    save_entries,
    send_submission,
)

__all__ = [
    "CatalogueUnreadable",
    "Cell",
    "Compared",
    "DocumentsUnreadable",
    "EntryError",
    "EntryInvalid",
    "FigureDraft",
    "FigureRefused",
    "IndicatorUnknown",
    "OwnEntry",
    "PeriodClosed",
    "PeriodUnknown",
    "PublishedTargetDraft",
    "ReasonMissing",
    "Recorded",
    "Saved",
    "StoredFigure",
    "SubmissionChanged",
    "SubmissionClosed",
    "SubmissionIncomplete",
    "approve_submission",
    "check_open",
    "compare_measurements",
    "ensure_catalogue",
    "ensure_period",
    "load_catalogue",
    "open_submission",
    "record_measurements",
    "record_published_targets",
    "return_submission",
    "save_entries",
    "send_submission",
]
