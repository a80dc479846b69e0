"""Six indexes go that no question asks for; an import wrote each of them for every figure.

Three columns lead another index; period, document and author are never asked for alone.
By SQL, for on SQLite Django would make the tables anew, and the triggers that keep the history would go.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEXES = (
    ("indicators_measurement", "unit_id", "indicators_measurement_unit_id_4a1772f1"),
    ("indicators_measurement", "indicator_id", "indicators_measurement_indicator_id_aa41bb7c"),
    ("indicators_measurement", "period_id", "indicators_measurement_period_id_4a024aed"),
    ("indicators_measurement", "document_id", "indicators_measurement_document_id_b8053a30"),
    ("indicators_measurementrevision", "by_id", "indicators_measurementrevision_by_id_7fce3a88"),
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
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {name}", f"CREATE INDEX {name} ON {table} ({column})"
                )
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
                    model_name="measurement",
                    name="period",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="indicators.period",
                        verbose_name="kỳ",
                    ),
                ),
                migrations.AlterField(
                    model_name="measurement",
                    name="document",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="documents.document",
                        verbose_name="văn bản",
                    ),
                ),
                migrations.AlterField(
                    model_name="measurementrevision",
                    name="by",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ghi",
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
