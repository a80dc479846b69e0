"""Rows that are written once: the history of a figure, a layout, a document."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import migrations, models


class HistoryIsKept(TypeError):
    """A slip in the code: rows of a history are only ever added."""


class HistoryQuerySet(models.QuerySet[Any]):
    """Rows that are only added. The database refuses changes as well: triggers, in the migrations."""

    def update(self, **fields: Any) -> NoReturn:
        raise HistoryIsKept("A history is never rewritten.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise HistoryIsKept("A history is never rewritten.")

    def delete(self) -> NoReturn:
        raise HistoryIsKept("A history is never deleted.")


class HistoryModel(models.Model):
    """A row that is written once."""

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise HistoryIsKept("A history is never rewritten.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise HistoryIsKept("A history is never deleted.")


def keep_history(*tables: str) -> migrations.RunPython:
    """Return the step of a migration by which the database itself refuses to change what the tables hold.

    On PostgreSQL the function is that of indicators.0002. On SQLite deleting stays possible: Django empties
    tables there by DELETE (manage.py flush, tests); the models refuse it.
    """

    def keep(_apps: Any, schema_editor: Any) -> None:
        for table in tables:
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

    def release(_apps: Any, schema_editor: Any) -> None:
        for table in tables:
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER {table}_is_kept{on}")

    return migrations.RunPython(keep, release)
