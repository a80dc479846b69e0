from django.db import migrations

# ruff: noqa: S608 -- the statements are made of our own names
FROZEN = "('issued', 'superseded')"
PARTS = ["targets_assignment", "targets_override", "targets_planindicator", "targets_rule"]
HISTORY = "targets_planevent"

# A later migration that rebuilds one of these tables on SQLite (most AlterFields do) drops its triggers: repeat
# the operation there. A test looks whether the triggers stand.

POSTGRESQL = [
    f"""
    CREATE FUNCTION targets_parts_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM changed JOIN targets_plan ON targets_plan.id = changed.plan_id
                 WHERE targets_plan.state IN {FROZEN}) THEN
        RAISE EXCEPTION 'an issued plan is never changed: %', TG_TABLE_NAME
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION targets_plan_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state IN {FROZEN} AND (TG_OP = 'DELETE' OR NOT (
          (to_jsonb(NEW) - 'state') = (to_jsonb(OLD) - 'state')
          AND (NEW.state = OLD.state OR NEW.state = 'superseded'))) THEN
        RAISE EXCEPTION 'an issued plan is never changed: %', OLD.code
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
    """,
    """
    CREATE TRIGGER targets_plan_is_kept BEFORE UPDATE OR DELETE ON targets_plan
    FOR EACH ROW EXECUTE FUNCTION targets_plan_is_kept()
    """,
    f"""
    CREATE TRIGGER {HISTORY}_is_kept BEFORE UPDATE OR DELETE ON {HISTORY}
    FOR EACH ROW EXECUTE FUNCTION history_is_kept()
    """,
]


def keep_issued_plans(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement, params=None)
        for table in PARTS:
            # By statement: assignments are written by the hundred thousand.
            for name, event, rows in (
                ("added", "INSERT", "NEW TABLE"),
                ("moved", "UPDATE", "NEW TABLE"),
                ("changed", "UPDATE", "OLD TABLE"),
                ("deleted", "DELETE", "OLD TABLE"),
            ):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} "
                    f"REFERENCING {rows} AS changed "
                    "FOR EACH STATEMENT EXECUTE FUNCTION targets_parts_are_kept()"
                )
        return
    # No DELETE triggers: Django empties tables on SQLite by DELETE (manage.py flush, tests). There the services
    # refuse it.
    Plan = apps.get_model("targets", "Plan")
    columns = [field.column for field in Plan._meta.fields if field.name != "state"]
    differs = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in columns)
    schema_editor.execute(
        f"CREATE TRIGGER targets_plan_is_kept BEFORE UPDATE ON targets_plan WHEN OLD.state IN {FROZEN} "
        f"AND ({differs} OR (NEW.state <> OLD.state AND NEW.state <> 'superseded')) "
        "BEGIN SELECT RAISE(ABORT, 'an issued plan is never changed: targets_plan'); END"
    )
    for table in PARTS:
        for name, event, row in (
            ("added", "INSERT", "NEW"),
            ("moved", "UPDATE", "NEW"),
            ("changed", "UPDATE", "OLD"),
        ):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} "
                f"WHEN (SELECT state FROM targets_plan WHERE id = {row}.plan_id) IN {FROZEN} "
                f"BEGIN SELECT RAISE(ABORT, 'an issued plan is never changed: {table}'); END"
            )
    schema_editor.execute(
        f"CREATE TRIGGER {HISTORY}_is_kept BEFORE UPDATE ON {HISTORY} "
        f"BEGIN SELECT RAISE(ABORT, 'history is append-only: {HISTORY}'); END"
    )


def release_issued_plans(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    events = ("added", "moved", "changed", "deleted") if on_postgresql else ("added", "moved", "changed")
    triggers = [(table, f"{table}_{name}") for table in PARTS for name in events]
    triggers += [("targets_plan", "targets_plan_is_kept"), (HISTORY, f"{HISTORY}_is_kept")]
    for table, name in triggers:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if on_postgresql else ""))
    if on_postgresql:
        schema_editor.execute("DROP FUNCTION targets_parts_are_kept()")
        schema_editor.execute("DROP FUNCTION targets_plan_is_kept()")


def take_words_out_of_definitions(apps, schema_editor):
    for plan in apps.get_model("targets", "Plan").objects.all():
        plan.description = plan.definition.get("description", "")
        plan.save(update_fields=["description"])
        notes = [rule.get("note", "") for rule in plan.definition.get("rules", [])]
        for rule in apps.get_model("targets", "Rule").objects.filter(plan=plan):
            if 0 < rule.position <= len(notes) and notes[rule.position - 1]:
                rule.note = notes[rule.position - 1]
                rule.save(update_fields=["note"])


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0002_history_is_kept"),
        ("targets", "0003_plans_as_an_office_works"),
    ]

    operations = [
        migrations.RunPython(take_words_out_of_definitions, migrations.RunPython.noop),
        migrations.RunPython(keep_issued_plans, release_issued_plans),
    ]
