"""A row keeps the figures that it would write; before, they were rows of a table of their own."""

import json
from itertools import groupby
from typing import Any

from django.db import migrations, models

MANY = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    row_model = apps.get_model("imports", "Row")
    cells = apps.get_model("imports", "PlannedCell").objects.order_by("batch_id", "row_position", "position")
    stored_form = schema_editor.connection.ops.adapt_datetimefield_value
    changed: list[Any] = []
    for (batch_id, position), group in groupby(
        cells.iterator(), key=lambda cell: (cell.batch_id, cell.row_position)
    ):
        row = row_model.objects.get(batch_id=batch_id, position=position)
        row.figures = [
            [
                cell.indicator_id,
                None if cell.value is None else f"{cell.value.normalize():f}",
                cell.outcome,
                cell.printed,
                None if cell.seen_at is None else str(stored_form(cell.seen_at)),
                cell.numerator,
                cell.denominator,
                cell.state,
                cell.note,
                cell.swapped,
                json.loads(cell.before) if cell.before else None,
            ]
            for cell in group
        ]
        changed.append(row)
        if len(changed) == MANY:
            row_model.objects.bulk_update(changed, ["figures"])
            changed.clear()
    row_model.objects.bulk_update(changed, ["figures"])


class Migration(migrations.Migration):
    dependencies = [("imports", "0007_lean_planned_cells")]

    operations = [
        migrations.AddField(
            model_name="row",
            name="figures",
            field=models.JSONField(
                default=list, help_text="theo thứ tự của planned.PlannedCell", verbose_name="các ô sẽ ghi"
            ),
        ),
        migrations.AddField(
            model_name="row",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="số đang có được ghi lúc"),
        ),
        migrations.AddField(
            model_name="batch",
            name="seen_revision",
            field=models.BigIntegerField(
                null=True, verbose_name="lần ghi số liệu mới nhất khi lập bản xem thử"
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="readings",
            field=models.PositiveIntegerField(default=0, verbose_name="số lần được yêu cầu đọc lại"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.DeleteModel(name="PlannedCell"),
    ]
