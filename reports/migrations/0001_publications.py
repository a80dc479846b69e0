"""League tables as they were made public; what was written is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from dvctt.history import keep_history


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("documents", "0002_files_and_history"),
        ("indicators", "0012_notices_of_returned_reports"),
        ("units", "0004_unit_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="mã chỉ tiêu")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("tinh", "Cấp tỉnh"),
                            ("so", "Sở, ban, ngành"),
                            ("huyen", "Cấp huyện"),
                            ("xa", "Cấp xã"),
                        ],
                        max_length=10,
                        verbose_name="cấp",
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(verbose_name="lần công bố")),
                (
                    "content",
                    models.JSONField(help_text="như reports.frozen_league viết", verbose_name="nội dung"),
                ),
                (
                    "cited",
                    models.CharField(
                        blank=True,
                        help_text="số, ký hiệu và ngày của hôm công bố",
                        max_length=250,
                        verbose_name="văn bản, như đã trích",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="lý do công bố lại")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người công bố",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="documents.document",
                        verbose_name="văn bản công bố",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="indicators.indicator",
                        verbose_name="phiên bản chỉ tiêu",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="indicators.period",
                        verbose_name="kỳ",
                    ),
                ),
                (
                    "within",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="units.unit",
                        verbose_name="trong phạm vi",
                    ),
                ),
            ],
            options={
                "verbose_name": "bảng công bố",
                "verbose_name_plural": "bảng công bố",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PublicationWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        verbose_name="người thu hồi",
                    ),
                ),
                (
                    "publication",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="reports.publication",
                        verbose_name="bảng công bố",
                    ),
                ),
            ],
            options={
                "verbose_name": "thu hồi công bố",
                "verbose_name_plural": "thu hồi công bố",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PublishedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="thứ tự")),
                ("name", models.CharField(max_length=220, verbose_name="tên")),
                ("parent", models.CharField(blank=True, max_length=220, verbose_name="thuộc")),
                (
                    "folded",
                    models.CharField(
                        help_text="tên và nơi thuộc, không dấu", max_length=900, verbose_name="tên để tìm"
                    ),
                ),
                (
                    "figures",
                    models.JSONField(
                        help_text="số viết đủ chữ số; như reports.frozen_league viết", verbose_name="số liệu"
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="reports.publication",
                        verbose_name="bảng công bố",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                        verbose_name="đơn vị",
                    ),
                ),
            ],
            options={
                "verbose_name": "dòng công bố",
                "verbose_name_plural": "dòng công bố",
                "ordering": ["publication", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                fields=("code", "period", "level", "within", "revision"), name="publication_revision"
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["tinh", "so", "huyen", "xa"])), name="publication_level"
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revision", 1),
                    models.Q(("revision__gt", 1), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="publication_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicationwithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="publicationwithdrawal_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedrow",
            constraint=models.UniqueConstraint(
                fields=("publication", "position"), name="publishedrow_position"
            ),
        ),
        keep_history("reports_publication", "reports_publishedrow", "reports_publicationwithdrawal"),
    ]
