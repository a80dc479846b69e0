import pytest

from tests.units.people import Place, make_place


@pytest.fixture
def place(db: None) -> Place:
    return make_place()
