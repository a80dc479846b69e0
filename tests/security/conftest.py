"""The scene, loaded once for each module and rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.security.scene import Scene, make_scene


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=media):
            made = make_scene()
        made.media = media
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def scene(loaded: Scene, db: None, media_root: Any, settings: Any) -> Scene:
    """A test's own savepoint on the scene, with the files of its batches."""
    settings.MEDIA_ROOT = loaded.media
    return loaded
