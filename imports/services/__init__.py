"""Bringing workbooks in: receive, read, decide, write; nothing reaches a figure before the last."""

from imports.rules.problems import ImportRefused
from imports.services.committing import begin_commit, commit_batch, finish_commit, why_not_ready
from imports.services.creating import create_missing_units
from imports.services.deciding import accept_swap, cancel_batch, choose_unit, forget_choices
from imports.services.jobs import Swept, report_progress, sweep_batches
from imports.services.options import (
    BatchNotReady,
    ChoiceInvalid,
    ImportOptions,
    PreviewOutdated,
    Resolution,
)
from imports.services.reading import read_batch, replan_batch
from imports.services.receiving import load_layouts, receive_file
from imports.services.reporting import report

__all__ = [
    "BatchNotReady",
    "ChoiceInvalid",
    "ImportOptions",
    "ImportRefused",
    "PreviewOutdated",
    "Resolution",
    "Swept",
    "accept_swap",
    "begin_commit",
    "cancel_batch",
    "choose_unit",
    "commit_batch",
    "create_missing_units",
    "finish_commit",
    "forget_choices",
    "load_layouts",
    "read_batch",
    "receive_file",
    "replan_batch",
    "report",
    "report_progress",
    "sweep_batches",
    "why_not_ready",
]
