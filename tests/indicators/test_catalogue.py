"""The catalogue of the five documents, loaded once and again."""

import csv
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from documents.models import Document
from dvctt.lib.periods import PeriodUnknown, parse_period
from indicators import selectors, services
from indicators.models import Indicator, Period

pytestmark = pytest.mark.django_db

FOLDER = settings.FIXTURES_DIR / "catalogue"
HEADINGS = "code,name,unit,direction,levels,numerator,denominator,zero_denominator,documents"


def load(indicators: Path = FOLDER / "indicators.csv", documents: Path = FOLDER / "documents.csv") -> int:
    return services.load_catalogue(indicators=indicators, documents=documents)


@pytest.fixture
def own_catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "indicators.csv"
    path.write_text((FOLDER / "indicators.csv").read_text(encoding="utf-8"), encoding="utf-8")
    return path


def change(path: Path, code: str, **cells: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["code"] == code:
            row.update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_catalogue_holds_24_indicators_and_5_documents() -> None:
    assert load() == 29
    hstt = selectors.indicator_by_code("HSTT")
    assert (hstt.short_name, hstt.is_rate, hstt.direction, hstt.min_cases) == (
        "Hồ sơ trực tuyến",
        True,
        "up",
        0,
    )
    assert hstt.levels == ["tinh", "so", "huyen", "xa"]
    assert set(hstt.documents.values_list("code", flat=True)) == {"QNam23", "QNgai23", "QNinh23", "QNam24"}
    assert [one.code for one in selectors.current_indicators()][:3] == ["HSTT", "TTTT", "TTTT-TTHC"]
    overdue = selectors.indicator_by_code("quahan")
    assert (overdue.is_rate, overdue.direction, overdue.denominator) == (False, "down", "")
    plan = Document.objects.get(code="QNinh23")
    assert (plan.number, str(plan.issued_on), plan.issuer) == (
        "269/KH-UBND",
        "2023-10-30",
        "UBND tỉnh Quảng Ninh",
    )


def test_loading_twice_changes_nothing() -> None:
    load()
    before = list(Indicator.objects.values()), list(Document.objects.values())
    assert load() == 0
    assert (list(Indicator.objects.values()), list(Document.objects.values())) == before


def test_a_changed_wording_is_taken_over_and_what_the_office_set_stays(own_catalogue: Path) -> None:
    load()
    Indicator.objects.filter(code="HSTT").update(min_cases=10, decimals=1)
    change(own_catalogue, "HSTT", name="Tỷ lệ hồ sơ trực tuyến", levels="xa")
    assert load(own_catalogue) == 1
    hstt = Indicator.objects.get(code="HSTT")
    assert (hstt.name, hstt.levels, hstt.version) == ("Tỷ lệ hồ sơ trực tuyến", ["xa"], 1)
    assert (hstt.min_cases, hstt.decimals) == (10, 1)


def test_a_changed_definition_is_the_next_version(own_catalogue: Path) -> None:
    load()
    Indicator.objects.filter(code="HSTT").update(min_cases=10)
    change(own_catalogue, "HSTT", denominator="Hồ sơ trực tuyến và trực tiếp")
    assert load(own_catalogue) == 1
    assert load(own_catalogue) == 0
    now = selectors.indicator_by_code("HSTT")
    assert (now.version, now.denominator, now.min_cases) == (2, "Hồ sơ trực tuyến và trực tiếp", 10)
    assert Indicator.objects.get(code="HSTT", version=1).denominator == "Tổng số hồ sơ tiếp nhận"
    assert [one.version for one in selectors.current_indicators() if one.code == "HSTT"] == [2]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("HSTT,Tên,%,ngang,xa,Tử,Mẫu,not_arising,QNam23", "dòng 2: cột direction ghi “ngang”"),
        ("HSTT,Tên,%,up,thon,Tử,Mẫu,not_arising,QNam23", "cột levels ghi “thon”"),
        ("HSTT,Tên,%,up,,Tử,Mẫu,not_arising,QNam23", "thiếu tên, tử số hoặc cấp"),
        ("HSTT,Tên,%,up,xa,Tử,,not_arising,QNam23", "không có mẫu số"),
        ("HSTT,Tên,%,up,xa,Tử,Mẫu,not_arising,KhongCo", "không có văn bản “KhongCo”"),
        (",Tên,%,up,xa,Tử,Mẫu,not_arising,QNam23", "trống hoặc trùng"),
        ("HS/TT,Tên,%,up,xa,Tử,Mẫu,not_arising,QNam23", "chữ không dấu"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_loaded(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "indicators.csv"
    path.write_text(f"{HEADINGS}\n{line}\n", encoding="utf-8")
    with pytest.raises(services.CatalogueUnreadable, match=message):
        load(path)
    assert not Document.objects.exists()


def test_an_indicator_entered_as_a_rate_is_told_by_a_column_that_older_files_lack(tmp_path: Path) -> None:
    path = tmp_path / "indicators.csv"
    line = "HAILONG,Hài lòng,%,up,xa,Hài lòng,Số phiếu,not_arising,QNam23,rate"
    path.write_text(f"{HEADINGS},entered_as\n{line}\n", encoding="utf-8")
    load(path)
    assert Indicator.objects.get().takes_rate
    for wrong, message in ((line.replace(",%,", ",phút,"), "đơn vị tính %"), (line + "s", "ghi “rates”")):
        path.write_text(f"{HEADINGS},entered_as\n{wrong}\n", encoding="utf-8")
        with pytest.raises(services.CatalogueUnreadable, match=message):
            load(path)


def test_the_command_says_how_much_is_new_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_catalogue")
    call_command("load_catalogue")
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == ["29", "0"]
    wrong = tmp_path / "documents.csv"
    wrong.write_text("code,number,issued_on,issuer\nA,1/KH,25/7/2023,UBND\n", encoding="utf-8")
    with pytest.raises(CommandError, match="ngày “25/7/2023” phải có dạng"):
        call_command("load_catalogue", documents=wrong)


def test_an_unknown_code_names_those_there_are() -> None:
    load()
    with pytest.raises(services.IndicatorUnknown, match=r"mã “HSTTT”\. Các mã .*HSTT, "):
        selectors.indicator_by_code("HSTTT")


def test_a_period_is_stored_once() -> None:
    span = parse_period("2023-den-08-23")
    assert services.ensure_period(span=span) == services.ensure_period(span=span) == Period.objects.get()
    assert selectors.period_by_code("2023-den-08-23").label == "Đến 23/8/2023"
    with pytest.raises(PeriodUnknown, match="Quý I/2023"):
        selectors.period_by_code("2023-Q1")
    with pytest.raises(PeriodUnknown, match="2023-Q5"):
        selectors.period_by_code("2023-Q5")
