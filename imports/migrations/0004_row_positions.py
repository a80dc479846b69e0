from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_fill_planned_cells")]

    operations = [
        migrations.AlterModelOptions(
            name="row",
            options={"ordering": ["batch", "position"]},
        ),
        migrations.AddConstraint(
            model_name="row",
            constraint=models.UniqueConstraint(fields=("batch", "position"), name="row_one_position"),
        ),
        migrations.AddConstraint(
            model_name="plannedcell",
            constraint=models.UniqueConstraint(fields=("batch", "position"), name="plannedcell_one_position"),
        ),
        migrations.AddConstraint(
            model_name="plannedcell",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["new", "changed", "unchanged", "kept_later", "kept", "kept_approved"])
                ),
                name="plannedcell_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedcell",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["number", "not_arising", "out_of_scope", "not_published", "not_submitted"])
                ),
                name="plannedcell_state",
            ),
        ),
        migrations.RemoveField(
            model_name="row",
            name="planned",
        ),
    ]
