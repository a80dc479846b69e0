"""Files sent to do harm: a clear message and nothing written, or read as the plain table that they hold."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from dvctt.lib import sheets
from imports import services
from imports.models import Batch, BatchState
from indicators.models import Measurement
from tests import hostile
from tests.imports.conftest import AT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("case", hostile.REFUSED)
def test_a_hostile_file_gets_a_clear_message_and_nothing_is_written(
    office: User, media_root: Any, case: str
) -> None:
    name, make, words = hostile.REFUSED[case]
    with pytest.raises((sheets.FileRefused, services.ImportRefused), match=words) as refused:
        _through(make(), name, office)
    assert str(refused.value).strip().endswith(".")
    assert not Measurement.objects.exists()
    assert not Batch.objects.exclude(state=BatchState.FAILED).exists()


def _through(content: bytes, name: str, by: User) -> Batch:
    batch = services.receive_file(content=content, filename=name, by=by, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    return services.commit_batch(batch_id=batch.pk, by=by, at=AT)


def test_a_million_empty_formatted_rows_below_a_table_change_nothing(office: User) -> None:
    done = _through(hostile.empty_formatted_rows(), "keo-dinh-dang.xlsx", office)
    assert (done.counts["rows"], done.counts["written"]) == (1, 2)


def test_scripts_in_an_html_table_are_no_part_of_its_cells(office: User) -> None:
    done = _through(hostile.html_with_scripts(), "bang.xls", office)
    assert (done.counts["matched"], done.counts["written"]) == (1, 2)
    assert {m.note for m in Measurement.objects.all()} == {"ghi chú"}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.xlsx", "C:\\Windows\\x.xlsx", "/root/a.xlsx", "a\r\nb.xlsx"]
)
def test_a_path_in_the_name_of_a_file_leads_nowhere(office: User, media_root: Any, name: str) -> None:
    batch = services.receive_file(content=hostile.workbook(hostile.GOOD), filename=name, by=office, at=AT)
    stored = (media_root / batch.file.name).resolve()
    assert stored.is_relative_to(media_root.resolve())
    assert ".." not in str(batch.file.name)
    assert "/" not in batch.filename


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1"])
def test_a_name_that_is_a_formula_matches_nothing_and_comes_back_as_text(office: User, name: str) -> None:
    import io

    import openpyxl

    from imports.problem_files import problem_workbook

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([hostile.TITLES[0]], [hostile.TITLES[1]], hostile.HEADER, hostile.GOOD):
        sheet.append(row)
    sheet.append([2, None, "1%", "1%"])
    cell = sheet.cell(5, 2)
    cell.value, cell.data_type = name, "s"
    buffer = io.BytesIO()
    book.save(buffer)
    batch = services.receive_file(content=buffer.getvalue(), filename="a.xlsx", by=office, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    batch.refresh_from_db()
    assert (batch.counts["matched"], batch.counts["refused"]) == (1, 1)
    back = openpyxl.load_workbook(io.BytesIO(problem_workbook(batch=batch)))
    assert all(cell.data_type != "f" for page in back for row in page.iter_rows() for cell in row)
