"""From which periods a version of an indicator holds; what the office did to indicators and periods."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("indicators_indicatorchange", "indicators_periodchange")


def keep_history(apps, schema_editor):
    """The function is that of 0002."""
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION history_is_kept()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'history is append-only: {table}'); END"
            )


def release_history(apps, schema_editor):
    for table in TABLES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_is_kept{on}")


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0010_doubts_and_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="valid_from",
            field=models.DateField(
                blank=True,
                help_text="để trống: mọi kỳ chưa có phiên bản sau",
                null=True,
                verbose_name="cho kỳ kết thúc từ ngày",
            ),
        ),
        migrations.CreateModel(
            name="IndicatorChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("edited", "Sửa"), ("version", "Phiên bản mới")],
                        max_length=10,
                        verbose_name="việc",
                    ),
                ),
                (
                    "changes",
                    models.JSONField(
                        help_text='{"denominator": ["trước", "sau"]}, như người đọc thấy',
                        verbose_name="thay đổi",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="lý do")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người sửa",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="indicators.indicator",
                        verbose_name="phiên bản",
                    ),
                ),
            ],
            options={
                "verbose_name": "lịch sử chỉ tiêu",
                "verbose_name_plural": "lịch sử chỉ tiêu",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["edited", "version"])), name="indicatorchange_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="indicatorchange_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PeriodChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Thêm kỳ"),
                            ("opened", "Mở thu số liệu"),
                            ("closed", "Đóng thu số liệu"),
                        ],
                        max_length=10,
                        verbose_name="việc",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="lý do")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người thực hiện",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="indicators.period",
                        verbose_name="kỳ",
                    ),
                ),
            ],
            options={
                "verbose_name": "lịch sử kỳ",
                "verbose_name_plural": "lịch sử kỳ",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["added", "opened", "closed"])),
                        name="periodchange_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="periodchange_has_reason"
                    ),
                ],
            },
        ),
        migrations.RunPython(keep_history, release_history),
    ]
