"""What earlier versions kept as JSON on each row becomes rows of its own."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    row_model = apps.get_model("imports", "Row")
    cell_model = apps.get_model("imports", "PlannedCell")
    indicators: dict[str, int] = {}
    for indicator in apps.get_model("indicators", "Indicator").objects.order_by("version"):
        indicators[indicator.code] = indicator.pk
    positions: dict[int, int] = {}
    numbers: dict[int, int] = {}
    cells: list[Any] = []
    for row in row_model.objects.order_by("batch_id", "pk").iterator():
        position = positions.get(row.batch_id, 0)
        positions[row.batch_id] = position + 1
        chosen = row.match_reason == "người nhập đã chọn"
        row_model.objects.filter(pk=row.pk).update(position=position, chosen=chosen)
        for figure in row.planned if row.unit_id else ():
            number = numbers.get(row.batch_id, 0)
            numbers[row.batch_id] = number + 1
            cells.append(
                cell_model(
                    batch_id=row.batch_id,
                    position=number,
                    row_position=position,
                    unit_id=row.unit_id,
                    indicator_id=indicators[figure["indicator"]],
                    column=figure["column"][:200],
                    numerator=figure["numerator"],
                    denominator=figure["denominator"],
                    value=figure["value"],
                    state=figure["state"],
                    printed=figure["printed"],
                    note=figure["note"],
                    swapped=figure["swapped"],
                    outcome=figure["outcome"],
                    before=figure["previous"],
                )
            )
    cell_model.objects.bulk_create(cells, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_planned_cells")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
