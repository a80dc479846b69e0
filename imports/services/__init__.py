"""Bringing workbooks in: receive, read, decide, write; nothing reaches a figure before the last."""

from imports.rules.layouts import LayoutInvalid
from imports.rules.problems import ImportRefused
from imports.services.committing import begin_commit, commit_batch, finish_commit, why_not_ready
from imports.services.creating import create_chosen_units, create_missing_units
from imports.services.deciding import (
    accept_swap,
    accept_warnings,
    cancel_batch,
    choose_units,
    forget_choices,
    keep_cell,
    restate_facts,
    set_rows_aside,
)
from imports.services.jobs import Swept, report_progress, sweep_batches
from imports.services.layouts import (
    LayoutChanged,
    change_layout,
    create_layout,
    latest_revision,
    map_batch,
    table_of,
)
from imports.services.options import (
    BatchNotReady,
    ChoiceInvalid,
    ImportOptions,
    NotSettled,
    PreviewOutdated,
    ReasonMissing,
    Resolution,
)
from imports.services.reading import read_batch
from imports.services.receiving import known_layouts, load_layouts, receive_file
from imports.services.reporting import report
from imports.services.undoing import Hindrance, UndoRefused, undo_batch

__all__ = [
    "BatchNotReady",
    "ChoiceInvalid",
    "Hindrance",
    "ImportOptions",
    "ImportRefused",
    "LayoutChanged",
    "LayoutInvalid",
    "NotSettled",
    "PreviewOutdated",
    "ReasonMissing",
    "Resolution",
    "Swept",
    "UndoRefused",
    "accept_swap",
    "accept_warnings",
    "begin_commit",
    "cancel_batch",
    "change_layout",
    "choose_units",
    "commit_batch",
    "create_chosen_units",
    "create_layout",
    "create_missing_units",
    "finish_commit",
    "forget_choices",
    "keep_cell",
    "known_layouts",
    "latest_revision",
    "load_layouts",
    "map_batch",
    "read_batch",
    "receive_file",
    "report",
    "report_progress",
    "restate_facts",
    "set_rows_aside",
    "sweep_batches",
    "table_of",
    "undo_batch",
    "why_not_ready",
]
