"""What holds for every model: the database checks choices, and nothing vanishes by cascade unnoticed."""

import re

import pytest
from django.apps import apps
from django.db import connection, models

from dvctt.history import HistoryModel

OWN_APPS = {"accounts", "documents", "units", "indicators", "imports", "targets", "reports"}
MODELS = [model for model in apps.get_models() if model._meta.app_label in OWN_APPS]
NAMES = [model._meta.label for model in MODELS]

MAY_BE_BLANK = {
    # Choices that may be left empty and carry no constraint yet.
    "units.Alias.kind",
    "imports.Batch.source",
    "targets.Plan.baseline_source",
}

PARTS = {
    # Rows that are part of another and go with it.
    "imports.Row.batch",
    "indicators.Entry.submission",
    "targets.Assignment.plan",
    "targets.Override.plan",
    "targets.PlanIndicator.plan",
    "targets.Rule.plan",
    "units.Grant.user",
    "units.UnitPath.ancestor",
    "units.UnitPath.descendant",
}


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.get_fields() if isinstance(field, models.Field)]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_choices_are_held_by_the_database(model: type[models.Model]) -> None:
    checked = " ".join(
        repr(one.condition) for one in model._meta.constraints if isinstance(one, models.CheckConstraint)
    )
    for field in fields_of(model):
        name = f"{model._meta.label}.{field.name}"
        if field.choices and name not in MAY_BE_BLANK:
            assert re.search(rf"'{field.name}__in'", checked), f"{name} has choices and no check constraint"


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_only_parts_go_with_what_they_belong_to(model: type[models.Model]) -> None:
    for field in fields_of(model):
        if isinstance(field, models.ForeignKey):
            name = f"{model._meta.label}.{field.name}"
            deletes = field.remote_field.on_delete
            assert (deletes is models.CASCADE) == (name in PARTS), f"{name}: {deletes}"


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_figures_are_decimals_and_never_floats(model: type[models.Model]) -> None:
    assert not [field.name for field in fields_of(model) if isinstance(field, models.FloatField)]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_constraints_are_named_after_their_model(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        assert constraint.name.startswith(f"{model._meta.model_name}_")


HISTORIES = [model for model in MODELS if issubclass(model, HistoryModel)]
TRIGGERS = {
    "sqlite": "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s",
    "postgresql": "SELECT COUNT(*) FROM pg_trigger WHERE tgname = %s",
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model._meta.label)
def test_the_database_itself_refuses_to_rewrite_a_history(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor], [f"{model._meta.db_table}_is_kept"])
        assert cursor.fetchone() == (1,)
