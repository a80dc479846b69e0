"""Three indexes whose column leads another index go; an import wrote each of them for every figure.

By SQL, for on SQLite Django would make the tables anew, and the triggers that keep the history would go.
"""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = (
    ("indicators_measurement", "unit_id", "indicators_measurement_unit_id_4a1772f1"),
    ("indicators_measurement", "indicator_id", "indicators_measurement_indicator_id_aa41bb7c"),
    (
        "indicators_measurementrevision",
        "measurement_id",
        "indicators_measurementrevision_measurement_id_4ca10db8",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_withdrawn_figures"), ("units", "0003_alias_revoked_by_whom")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f"DROP INDEX {name}", f"CREATE INDEX {name} ON {table} ({column})")
                for table, column, name in INDEXES
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="measurement",
                    name="unit",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="units.unit",
                        verbose_name="đơn vị",
                    ),
                ),
                migrations.AlterField(
                    model_name="measurement",
                    name="indicator",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="indicators.indicator",
                        verbose_name="chỉ tiêu",
                    ),
                ),
                migrations.AlterField(
                    model_name="measurementrevision",
                    name="measurement",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="revisions",
                        to="indicators.measurement",
                    ),
                ),
            ],
        )
    ]
