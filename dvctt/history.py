"""Rows that are written once: the history of a figure, a layout, a document."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


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
