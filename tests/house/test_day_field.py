"""A day is typed, shown and read with the day first, whatever language the browser has."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms

from dvctt.fields import DayField


class DueForm(forms.Form):
    due = DayField(label="Hạn")


@pytest.mark.parametrize("typed", ["6/5/2023", "06/05/2023", "6-5-2023", "06.05.2023", "2023-05-06"])
def test_the_day_comes_before_the_month(typed: str) -> None:
    form = DueForm({"due": typed})
    assert form.is_valid()
    assert form.cleaned_data["due"] == date(2023, 5, 6)


@pytest.mark.parametrize("typed", ["5/31/2023", "6/5/23", "31/2/2023", "mai"])
def test_what_is_no_day_is_refused_with_the_form_to_write_and_stays_in_the_field(typed: str) -> None:
    form = DueForm({"due": typed})
    assert form.errors["due"] == ["Ngày không đọc được. Hãy ghi dạng 17/07/2023."]
    assert f'value="{typed}"' in str(form["due"])


def test_a_day_that_stands_is_shown_as_the_screens_write_it() -> None:
    field = str(DueForm(initial={"due": date(2023, 5, 6)})["due"])
    assert 'type="text"' in field
    assert 'value="6/5/2023"' in field
