"""Files that are refused, each with a Vietnamese sentence that says how to mend it."""

from __future__ import annotations

import tracemalloc

import pytest

from dvctt.lib.sheets import (
    MAX_BYTES,
    EmptyFile,
    FileRefused,
    FileTooLarge,
    NotAWorkbook,
    PasswordProtected,
    TooMuchInside,
    WrongExtension,
    read_workbook,
)
from tests.lib.books import MAIN, book_of, ods_of, with_declared_size, worksheet, xlsx_of_xml, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ONE_CELL = worksheet('<row r="1"><c r="A1"><v>7</v></c></row>')


def refusal(content: bytes, filename: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_workbook(content, filename=filename)
    message = str(caught.value)
    # It says how to mend it, too.
    assert "Hãy " in message
    return caught.value


@pytest.mark.parametrize(
    ("content", "filename", "kind", "words"),
    [
        (b"", "a.xlsx", EmptyFile, "Tệp rỗng"),
        (b" \r\n\t", "a.csv", EmptyFile, "Tệp rỗng"),
        (book_of([None]), "a.xlsx", EmptyFile, "không có ô nào"),
        (b"STT;\xc4\x90\xc6\xa1n v\xe1\xbb\x8b\n1;A", "a.xlsx", NotAWorkbook, "văn bản thuần"),
        (b"%PDF-1.7 ...", "a.xlsx", NotAWorkbook, "PDF"),
        (b"\x89PNG\r\n\x1a\n", "a.xls", NotAWorkbook, "ảnh"),
        (b"PK\x03\x04 broken", "a.xlsx", NotAWorkbook, "hỏng"),
        (book_of([1])[:2000], "a.xlsx", NotAWorkbook, "hỏng"),
        (zipped({"word/document.xml": b"<w/>"}), "a.xlsx", NotAWorkbook, "Word"),
        (zipped({"readme.txt": b"x"}), "a.xlsx", NotAWorkbook, "ZIP"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xlsx", NotAWorkbook, "HTML"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "a.xls",
         NotAWorkbook, "XML 2003"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.xls", NotAWorkbook, "Word"),
        (OLE + "Workbook".encode("utf-16-le"), "a.xls", NotAWorkbook, "hỏng"),
        (b"a\x00b\x01;c", "a.csv", NotAWorkbook, "nhị phân"),
        (b"<html><body>H\xe1\xba\xbft phi\xc3\xaan</body></html>", "a.xls", NotAWorkbook, "không có bảng"),
        (b"%PDF-1.7", "a.pdf", WrongExtension, ".xlsx, .xls, .xlsb, .ods, .csv, .tsv"),
        (b"PK", "a.docx", WrongExtension, ".xlsx, .xls"),
        (b"MZ", "a.exe", WrongExtension, ".xlsx, .xls"),
        (b"x", "khong_duoi", WrongExtension, "không có đuôi"),
        (book_of([1]), "a.xlsm", WrongExtension, "macro"),
        (xlsx_of_xml(ONE_CELL, others={"xl/vbaProject.bin": b"x"}), "a.xlsx", WrongExtension, "macro"),
        (book_of([1]), "a.xls", WrongExtension, "đổi đuôi tệp thành .xlsx"),
        (book_of([1]), "a.csv", WrongExtension, "đổi đuôi tệp thành .xlsx"),
        (b"<table><tr><td>1</td></tr></table>", "a.csv", WrongExtension, ".xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", PasswordProtected, "mật khẩu"),
        (ods_of("", others={"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "a.ods",
         PasswordProtected, "mật khẩu"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be_is_refused(
    content: bytes, filename: str, kind: type[FileRefused], words: str
) -> None:
    error = refusal(content, filename)
    assert type(error) is kind
    assert words in str(error)


def test_a_large_file_is_refused_before_it_is_looked_at() -> None:
    error = refusal(b"PK\x03\x04" + b"\0" * MAX_BYTES, "a.xlsx")
    assert isinstance(error, FileTooLarge)
    assert "20,0 MB" in str(error)
    assert "tối đa là 20 MB" in str(error)


def bomb(size: int) -> bytes:
    return xlsx_of_xml(worksheet('<row r="1"><c r="A1"><v>7</v></c></row>' + " " * size))


@pytest.mark.parametrize("size", [12 * 2**20, 250 * 2**20])
def test_a_zip_bomb_is_refused_without_being_unpacked(size: int) -> None:
    content = bomb(size)
    assert len(content) < 400_000
    tracemalloc.start()
    error = refusal(content, "a.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(error, TooMuchInside)
    assert peak < 8 * 2**20


def test_a_bomb_that_lies_about_its_size_is_refused_too() -> None:
    content = with_declared_size(bomb(100 * 2**20), "xl/worksheets/sheet1.xml", 5_000)
    tracemalloc.start()
    error = refusal(content, "a.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(error, NotAWorkbook)
    assert peak < 8 * 2**20


def test_too_many_members_are_refused() -> None:
    others = {f"xl/media/{number}.xml": b"<a/>" for number in range(2_001)}
    assert isinstance(refusal(xlsx_of_xml(ONE_CELL, others=others), "a.xlsx"), TooMuchInside)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c r="KO1"><v>1</v></c></row>',
        '<row r="200001"><c r="A200001" t="inlineStr"><is><t>a</t></is></c></row>',
        "<row>" + "<c><v>1</v></c>" * 301 + "</row>",
        '<row r="300000"><c><v>1</v></c></row>',
        '<row r="1"><c r="KN1"><v>1</v></c></row><row r="199999"><c r="A199999"><v>1</v></c></row>',
    ],
)
def test_cells_too_far_out_are_refused_before_a_table_is_made_of_them(rows: str) -> None:
    error = refusal(xlsx_of_xml(worksheet(rows)), "a.xlsx")
    assert isinstance(error, TooMuchInside)
    assert "200.000 dòng, 300 cột" in str(error)


def test_one_long_text_shared_by_many_cells_is_refused() -> None:
    shared = f'<sst xmlns="{MAIN}"><si><t>{"abcdefghij" * 20_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2_000))
    assert isinstance(refusal(xlsx_of_xml(worksheet(rows), shared=shared), "a.xlsx"), TooMuchInside)
    assert isinstance(
        refusal(xlsx_of_xml(worksheet(rows.replace("c r", "c  r")), shared=shared), "a.xlsx"), TooMuchInside
    )


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<?xml version="1.0"?><!DOCTYPE worksheet SYSTEM "http://localhost/x.dtd">',
        '<?xml version="1.0" encoding="UTF-7"?>',
    ],
)
def test_entities_and_document_types_are_refused(start: str) -> None:
    assert isinstance(refusal(xlsx_of_xml(start + ONE_CELL), "a.xlsx"), NotAWorkbook)


def test_entities_hidden_in_another_encoding_are_refused() -> None:
    wide = ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a>' + ONE_CELL).encode("utf-16")
    assert isinstance(
        refusal(xlsx_of_xml(ONE_CELL, others={"xl/worksheets/sheet1.xml": wide}), "a.xlsx"), NotAWorkbook
    )


def test_broken_xml_is_refused() -> None:
    assert isinstance(refusal(xlsx_of_xml("<worksheet><sheetData><row><c"), "a.xlsx"), NotAWorkbook)
    assert isinstance(refusal(xlsx_of_xml(ONE_CELL, styles="<styleSheet>"), "a.xlsx"), NotAWorkbook)


@pytest.mark.parametrize(("rows", "columns"), [(1, 400), (1_000_000, 1_000), (199_999, 299), (300_000, 1)])
def test_an_ods_that_repeats_itself_without_end_is_refused(rows: int, columns: int) -> None:
    content = ods_of(
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="float" '
        f'table:number-columns-repeated="{columns}" office:value="1"><text:p>1</text:p></table:table-cell>'
        "</table:table-row>"
    )
    # The parser itself takes the wildest one for broken.
    assert isinstance(refusal(content, "a.ods"), TooMuchInside | NotAWorkbook)


def test_an_html_table_of_wild_spans_is_refused() -> None:
    content = b"<table><tr><td colspan='9999999' rowspan='9999999'>1</td></tr></table>"
    assert isinstance(refusal(content, "a.xls"), TooMuchInside)
    assert isinstance(refusal(b"1" + b";" * 400, "a.csv"), TooMuchInside)
