"""The totals of a batch as one object: what `import_file --json` prints."""

from __future__ import annotations

from typing import Any

from imports.models import Batch, BatchState, Row


def report(*, batch: Batch) -> dict[str, Any]:
    """Return the report of a batch that has been read; keys as the issue fixes them, and a few more.

    `rows` are unit rows, `refused` rows; `new`, `changed`, `unchanged`, `written` count measurements. A row
    without a unit stands in `unmatched`, a group heading without one in `unmatched_groups`.
    """
    batch = Batch.objects.select_related("layout", "period").get(pk=batch.pk)
    counts = batch.counts
    rows = list(batch.rows.all())
    unmatched = [row for row in rows if row.unit_id is None]
    problems = [*batch.problems]
    for row in rows:
        problems += [
            {key: problem[key] for key in ("sheet", "row", "column", "kind", "severity", "message")}
            for problem in row.problems
        ]
    return {
        "file": batch.filename,
        "sha256": batch.sha256,
        "layout": batch.layout.code if batch.layout else None,
        "province": counts.get("province"),
        "period": batch.period.code if batch.period else None,
        "source": batch.source,
        "extracted_on": batch.extracted_on.isoformat() if batch.extracted_on else None,
        "document": (counts.get("paper") or {}).get("number"),
        "rows": counts.get("rows", 0),
        "matched": counts.get("matched", 0),
        "unmatched": [_unmatched(row) for row in unmatched if not row.is_group],
        "unmatched_groups": [
            _unmatched(row)
            for row in unmatched
            if row.is_group and any(p["severity"] == "error" for p in row.problems)
        ],
        "problems": problems,
        "new": counts.get("new", 0),
        "changed": counts.get("changed", 0),
        "unchanged": counts.get("unchanged", 0),
        "kept_later": counts.get("kept_later", 0),
        "refused": counts.get("refused", 0),
        "written": counts.get("written", 0),
        "published_targets": counts.get("targets", {}) | {"written": counts.get("targets_written", 0)},
        "batch": batch.pk if batch.state == BatchState.COMMITTED else None,
    }


def _unmatched(row: Row) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.number,
        "printed": row.printed,
        "suggestions": [suggestion["full_name"] for suggestion in row.suggestions],
    }
