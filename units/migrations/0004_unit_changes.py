"""What the office does to the tree, and which unit follows which: rows that are only added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("units_succession", "units_unitchange")

POSTGRESQL_FUNCTION = """
CREATE FUNCTION unit_history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'history is append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END
$$
"""


def keep_history(apps, schema_editor):
    """As documents 0002 does it, with a function of its own: each app takes its own back."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION, params=None)
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION unit_history_is_kept()"
            )
        return
    # No DELETE trigger: Django empties tables on SQLite by DELETE (manage.py flush, tests). There the model
    # refuses it.
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'history is append-only: {table}'); END"
        )


def release_history(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_is_kept{f' ON {table}' if is_postgresql else ''}")
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION unit_history_is_kept()")


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_files_and_history"),
        ("units", "0003_alias_revoked_by_whom"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Succession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="từ ngày")),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                        verbose_name="văn bản",
                    ),
                ),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="units.unit",
                        verbose_name="đơn vị mới",
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="units.unit",
                        verbose_name="đơn vị cũ",
                    ),
                ),
            ],
            options={
                "verbose_name": "kế thừa",
                "verbose_name_plural": "kế thừa",
                "ordering": ["effective_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("old", "new", "effective_on"), name="succession_once"),
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new")), _negated=True),
                        name="succession_of_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitChange",
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
                            ("added", "Thêm đơn vị"),
                            ("changed", "Thay đổi"),
                            ("corrected", "Đính chính"),
                            ("ended", "Kết thúc"),
                            ("merged", "Sáp nhập"),
                            ("restored", "Khôi phục"),
                        ],
                        max_length=10,
                        verbose_name="việc",
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="từ ngày")),
                (
                    "changes",
                    models.JSONField(
                        help_text='{"name": ["trước", "sau"]}, như người đọc thấy', verbose_name="thay đổi"
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
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                        verbose_name="văn bản",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="units.unit",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "lịch sử đơn vị",
                "verbose_name_plural": "lịch sử đơn vị",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["added", "changed", "corrected", "ended", "merged", "restored"])
                        ),
                        name="unitchange_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="unitchange_has_reason"
                    ),
                ],
            },
        ),
        migrations.RunPython(keep_history, release_history),
    ]
