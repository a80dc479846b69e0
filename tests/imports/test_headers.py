"""Headers over one row or several: paths, merges that lie, what stands around them. No database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from imports.rules import headers, tables
from imports.rules.headers import Header, HeaderAmbiguous
from imports.rules.layouts import LayoutDef, read_layout
from imports.rules.problems import ImportRefused
from tests.imports.layouts import LAYOUTS, Merged, sheet_of

# Three header rows of a progress report; a blank cell is what a merge over it leaves.
TOP = "STT | Đơn vị | Tiếp nhận | | | | | | Đã xử lý | | | | Đang xử lý | |"
MIDDLE = (
    "| | Tổng số | Kỳ trước chuyển sang | Trong kỳ | | | "
    "| Tổng số | Trước hạn | Trong hạn | Quá hạn | Tổng số | Trong hạn | Quá hạn"
)
LOWEST = "| | | | Tổng số | Trực tuyến | Trực tiếp | BCCI"
PROGRESS = (TOP, MIDDLE, LOWEST)
KEYS = [
    "position", "unit", "total", "opening", "received", "online", "direct", "postal", "resolved", "early",
    "on_time", "overdue", "pending", "pending_in_time", "pending_overdue",
]  # fmt: skip
TRUE_MERGES = [
    (1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 1, 7), (1, 8, 1, 11), (1, 12, 1, 14), (2, 4, 2, 7), (2, 2, 3, 2),
]  # fmt: skip
ROW: list[Any] = [1, "Sở Y tế", 110, 10, 100, 60, 30, 10, 90, 20, 60, 10, 20, 15, 5]


def recognised(
    *rows: Sequence[Any] | str, merged: Merged = (), layouts: Sequence[LayoutDef] = LAYOUTS
) -> list[Header]:
    """The headers that are found in a sheet of these rows, from the top down."""
    sheet = sheet_of(*rows, merged=merged)
    found: dict[int, Header] = {}
    for at in range(len(sheet.rows)):
        header = headers.find_header(sheet.rows, at, sheet, layouts)
        if header is not None:
            found[header.number] = header
    return list(found.values())


def keys(header: Header, width: int = 0) -> list[str]:
    """What each column is, from the left; "?" for one that the layout does not know, "" for a blank one."""
    said = {cell.column: cell.definition.key for cell in header.cells} | {c: "?" for c, _ in header.unknown}
    return [said.get(column, "") for column in range(width or max(said) + 1)]


def figures(*rows: Sequence[Any] | str, merged: Merged = ()) -> list[dict[str, Any]]:
    """The cells of each row below the headers, by the keys of their columns."""
    found = tables.read_tables([sheet_of(*rows, merged=merged)], LAYOUTS)
    return [
        {cell.definition.key: row.row.value(cell.column) for cell in row.header.cells} for row in found.rows
    ]


# --- Paths -------------------------------------------------------------------------------------------------
def paths(*rows: str, merged: Merged = (), by_merges: bool = False) -> list[str]:
    found = headers.column_paths(sheet_of(*rows).rows, merged, by_merges=by_merges)
    return [" > ".join(found.get(column, ())) for column in range(max(found) + 1)]


def test_a_parent_reaches_right_over_the_blank_cells_that_have_something_below() -> None:
    assert paths("STT | A | | B |", "| a1 | a2 | b1 | b2") == ["STT", "A > a1", "A > a2", "B > b1", "B > b2"]


def test_a_column_that_ends_in_the_upper_row_is_no_parent_of_the_next() -> None:
    assert paths("A | | Đã đồng bộ | B", "a1 | a2 | | b1") == ["A > a1", "A > a2", "Đã đồng bộ", "B > b1"]


def test_a_parent_does_not_reach_beyond_its_own_parent() -> None:
    assert paths("A | | B", "m | | ", "x | y | z") == ["A > m > x", "A > m > y", "B > z"]


def test_blank_columns_within_a_parent_do_not_cut_it_off() -> None:
    assert paths("A | | | B", "a1 | | a2 | b1") == ["A > a1", "", "A > a2", "B > b1"]


def test_with_merges_a_parent_reaches_as_far_as_its_range_says() -> None:
    rows = ("Đơn vị | A | | Ghi chú", " | a1 | a2 |")
    assert paths(*rows, merged=[(1, 1, 1, 2), (1, 0, 2, 0)], by_merges=True) == [
        "Đơn vị", "A > a1", "A > a2", "Ghi chú",
    ]  # fmt: skip
    assert paths(*rows, merged=[], by_merges=True) == ["Đơn vị", "A > a1", "a2", "Ghi chú"]


def test_a_name_that_is_repeated_in_each_cell_of_its_merge_counts_once() -> None:
    assert paths("Đơn vị | A | A", "Đơn vị | a1 | a2") == ["Đơn vị", "A > a1", "A > a2"]


# --- One row, two, three -----------------------------------------------------------------------------------
def test_a_header_of_one_row_is_known() -> None:
    (header,) = recognised("STT | Đơn vị | Tỷ lệ hồ sơ trực tuyến | Tỷ lệ thanh toán trực tuyến")
    assert keys(header) == ["position", "unit", "HSTT.rate", "TTTT.rate"]
    assert (header.number, header.last_number) == (1, 1)


def test_a_header_of_two_rows_is_known() -> None:
    (header,) = recognised(
        "STT | Đơn vị | Tổng HS có nghĩa vụ tài chính | Thanh toán trực tuyến | | Tổng số hồ sơ",
        " | | | Số HS | Tỷ lệ |",
    )
    assert keys(header) == ["position", "unit", "payable", "paid", "paid_rate", "received"]
    assert (header.number, header.last_number) == (1, 2)


def test_in_time_of_the_resolved_and_of_the_pending_are_two_columns_of_three_rows() -> None:
    (header,) = recognised(*PROGRESS)
    assert keys(header) == KEYS
    assert header.cell("on_time").label == "Đã xử lý › Trong hạn"  # type: ignore[union-attr]
    assert header.cell("pending_in_time").label == "Đang xử lý › Trong hạn"  # type: ignore[union-attr]


# --- Merges that lie ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "merged",
    [
        pytest.param([], id="missing altogether"),
        pytest.param(TRUE_MERGES, id="as they should be"),
        pytest.param([(1, 2, 1, 5), (1, 8, 1, 9), (1, 12, 1, 13), (2, 4, 2, 5)], id="too short"),
        pytest.param([(1, 2, 1, 9), (1, 8, 1, 13), (1, 12, 1, 20), (2, 4, 2, 9)], id="too long"),
        pytest.param([(1, 3, 1, 8), (1, 9, 1, 12), (1, 13, 1, 15), (2, 5, 2, 8)], id="shifted by one"),
        pytest.param([(1, 0, 1, 14), (2, 2, 2, 14)], id="covering the other headers"),
        pytest.param([(1, 2, 2, 7), (1, 8, 3, 11)], id="covering their own children"),
    ],
)
def test_columns_are_the_same_whatever_the_merges_say(merged: Merged) -> None:
    (header,) = recognised(*PROGRESS, merged=merged)
    assert keys(header) == KEYS


def test_a_single_column_named_in_the_lower_row_goes_by_the_merges_beside_it() -> None:
    rows = (
        "STT | Đơn vị | Tổng HS có nghĩa vụ tài chính | Thanh toán trực tuyến | | |",
        " | | | Số HS | Tỷ lệ | Đã đồng bộ | Tổng số hồ sơ",
    )
    (header,) = recognised(*rows, merged=[(1, 3, 1, 4)])
    assert keys(header)[3:] == ["paid", "paid_rate", "synchronised", "received"]


def test_one_parent_by_its_merge_and_another_in_spite_of_it() -> None:
    rows = (
        "STT | Đơn vị | Tiếp nhận | Số hóa khi tiếp nhận | | | | | Số hóa kết quả | |",
        " | | | Chưa | Có | Tái sử dụng | Tỷ lệ | Đã giải quyết | Chưa | Đã | Tỷ lệ",
    )
    # The second merge is too short; "Đã giải quyết", named below, is only told by the first.
    (header,) = recognised(*rows, merged=[(1, 3, 1, 6), (1, 8, 1, 9)])
    assert keys(header) == [
        "position", "unit", "received", "parts_missing", "parts_digitised", "reused", "parts_rate",
        "resolved", "results_missing", "results_digitised", "results_rate",
    ]  # fmt: skip


def test_a_column_that_merge_and_blank_cells_read_as_two_known_ones_is_asked_never_guessed() -> None:
    layout = read_layout(
        code="x",
        name="x",
        definition={
            "columns": [
                {"role": "unit", "required": True, "headers": ["Đơn vị"]},
                {"role": "count", "key": "received", "required": True, "headers": ["Tiếp nhận > Tổng số"]},
                {"role": "count", "key": "online", "headers": ["Tiếp nhận > Trực tuyến"]},
                {"role": "count", "key": "all_online", "headers": ["Trực tuyến"]},
            ],
            "figures": [{"indicator": "HSTT", "numerator": ["online"], "denominator": ["received"]}],
        },
    )
    rows = ("Đơn vị | Tiếp nhận | ", " | Tổng số | Trực tuyến")
    with pytest.raises(HeaderAmbiguous, match="“Tiếp nhận › Trực tuyến” hay “Trực tuyến”"):
        recognised(*rows, merged=[(1, 1, 1, 1), (1, 0, 2, 0)], layouts=[layout])
    (header,) = recognised(*rows, merged=[(1, 1, 1, 2)], layouts=[layout])
    assert keys(header) == ["unit", "received", "online"]


# --- Where the unit column is named ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("top", "middle", "lowest"),
    [
        (TOP.replace("Đơn vị", ""), MIDDLE.replace("| |", "| Đơn vị |", 1), LOWEST),
        (TOP.replace("Đơn vị", ""), MIDDLE, LOWEST.replace("| |", "| Đơn vị |", 1)),
        (TOP.replace("STT", ""), MIDDLE.replace("| |", "STT | |", 1), LOWEST),
        (TOP.replace("STT", ""), MIDDLE, LOWEST.replace("| |", "STT | |", 1)),
        (
            TOP.replace("STT | Đơn vị", "|"),
            MIDDLE.replace("| |", "| Đơn vị |", 1),
            LOWEST.replace("| |", "STT | |", 1),
        ),
        (TOP.replace("Đơn vị", ""), MIDDLE.replace("| |", "STT | Đơn vị |", 1), LOWEST),
    ],
    ids=[
        "unit in the middle row", "unit in the lowest row", "number in the middle row",
        "number in the lowest row", "unit in the middle, number in the lowest", "number in two rows",
    ],
)  # fmt: skip
def test_unit_and_number_column_may_be_named_in_any_row_of_the_header(
    top: str, middle: str, lowest: str
) -> None:
    (header,) = recognised(top, middle, lowest)
    assert keys(header) == KEYS
    assert (header.number, header.last_number) == (1, 3)


def test_the_unit_column_may_stand_alone_in_its_row() -> None:
    (header,) = recognised(TOP.replace("Đơn vị", ""), " | Đơn vị", MIDDLE, LOWEST)
    assert keys(header) == KEYS


def test_blank_rows_between_the_header_rows_change_nothing() -> None:
    (header,) = recognised(TOP, "", MIDDLE, "", "", LOWEST)
    assert (keys(header), header.number, header.last_number) == (KEYS, 1, 6)


# --- What stands above and below ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "above",
    [
        ["UBND TỈNH QUẢNG NAM"],
        ["| | | | | | | | | | | | | Đơn vị tính: hồ sơ"],
        ["| | | | | | | | | | | | | | | Đơn vị tính: hồ sơ"],
        ["| | | | | | | | Đơn vị tính: Hồ sơ", "Quý II năm 2023"],
        ["Đơn vị | Sở Y tế"],
        ["Đơn vị: hồ sơ"],
    ],
)
def test_title_lines_right_above_the_header_are_none_of_its_rows(above: list[str]) -> None:
    (header,) = recognised(*above, *PROGRESS)
    assert (keys(header), header.number) == (KEYS, 1 + len(above))


@pytest.mark.parametrize(
    "below",
    ["I | Sở, ban, ngành", " | Sở, ban, ngành", "Khối sở", "Sở, ban, ngành | | | | | | | | | | | | | | x"],
)
def test_a_group_row_right_below_the_header_is_none_of_its_rows(below: str) -> None:
    (header,) = recognised(*PROGRESS, below, ROW)
    assert (keys(header), header.last_number) == (KEYS, 3)


@pytest.mark.parametrize(
    "numbering",
    [
        [f"({n})" for n in range(1, 16)],
        [f"'({n})" for n in range(1, 16)],
        [f"[{n}]" for n in range(1, 16)],
        list(range(1, 16)),
        [float(n) for n in range(1, 16)],
        ["A", "B", *range(1, 14)],
        ["(1)", "(2)", "(3)=(4)+(5)", "(4)", "(5) = (6) + (7) + (8)", *[f"({n})" for n in range(6, 16)]],
        ["'(1)", "'(2)", "'(3)=(4)+(5)", None, "5=6+7+8", *[f"({n})" for n in range(6, 16)]],
        [None, None, "(1)", "(2)", "(3)=(1)/(2)*100", *[None] * 10],
    ],
    ids=["brackets", "apostrophes", "square", "numbers", "floats", "letters", "sums", "mixed", "some"],
)  # fmt: skip
def test_a_numbering_row_is_no_row_of_figures(numbering: list[Any]) -> None:
    assert [row["total"] for row in figures(*PROGRESS, numbering, ROW)] == [110]


def test_a_row_of_small_figures_is_no_numbering_row() -> None:
    small: list[Any] = [1, "Sở Y tế", *range(3, 16)]
    assert len(figures(*PROGRESS, small)) == 1


def test_numbers_that_stand_inside_the_header_cells_are_no_part_of_their_names() -> None:
    top = "STT (1) | Đơn vị (2) | Tiếp nhận | | | | | | Đã xử lý | | | | Đang xử lý | |"
    middle = MIDDLE.replace("Tổng số |", "Tổng số (3)=(4)+(5) |", 1).replace("Trước hạn", "Trước hạn\n(10)")
    (header,) = recognised(top, middle, LOWEST.replace("BCCI", "BCCI '(8)"))
    assert keys(header) == KEYS


# --- Repeated on each page ---------------------------------------------------------------------------------
def test_a_header_of_three_rows_repeats_on_each_page_with_its_numbering() -> None:
    numbering = [f"({n})" for n in range(1, 16)]
    page = [*PROGRESS, numbering]
    read = figures(
        *page, ROW, *page, [2, "Sở Nội vụ", *ROW[2:]], "Tổng cộng", *page, [3, "Sở Xây dựng", *ROW[2:]]
    )
    assert [row["unit"] for row in read if row["total"]] == ["Sở Y tế", "Sở Nội vụ", "Sở Xây dựng"]


def test_only_the_numbering_may_repeat_on_each_page() -> None:
    numbering = [f"({n})" for n in range(1, 16)]
    read = figures(*PROGRESS, numbering, ROW, numbering, [2, "Sở Nội vụ", *ROW[2:]])
    assert [row["unit"] for row in read] == ["Sở Y tế", "Sở Nội vụ"]


def test_a_page_may_repeat_only_some_rows_of_the_header() -> None:
    read = figures(
        *PROGRESS, ROW, TOP, [2, "Sở Nội vụ", *ROW[2:]], MIDDLE, LOWEST, [3, "Sở Xây dựng", *ROW[2:]]
    )
    assert [row["unit"] for row in read] == ["Sở Y tế", "Sở Nội vụ", "Sở Xây dựng"]


def test_a_later_page_may_have_its_columns_in_another_order() -> None:
    read = figures(
        "STT | Đơn vị | Tỷ lệ hồ sơ trực tuyến | Tỷ lệ thanh toán trực tuyến",
        [1, "Sở Y tế", "10%", "20%"],
        "STT | Đơn vị | Tỷ lệ thanh toán trực tuyến | Tỷ lệ hồ sơ trực tuyến",
        [2, "Sở Nội vụ", "30%", "40%"],
    )
    assert [(row["HSTT.rate"], row["TTTT.rate"]) for row in read] == [("10%", "20%"), ("40%", "30%")]


# --- Columns in another order, inserted, twice -------------------------------------------------------------
def test_groups_of_columns_stand_in_any_order_and_the_units_at_the_right() -> None:
    (header,) = recognised(
        "Đang xử lý | | Tiếp nhận | | | | | Đã xử lý | | | | Đơn vị | STT",
        "Quá hạn | Trong hạn | Trong kỳ | | | Kỳ trước | Tổng số | Quá hạn | Tổng số | Trước hạn | Đúng hạn",
        " | | Trực tiếp | Trực tuyến | Tổng số",
    )
    assert keys(header) == [
        "pending_overdue", "pending_in_time", "direct", "online", "received", "opening", "total", "overdue",
        "resolved", "early", "on_time", "unit", "position",
    ]  # fmt: skip


def test_a_table_that_lacks_a_required_column_is_not_of_the_layout() -> None:
    assert recognised(TOP, MIDDLE.replace("Tổng số | Trước hạn", "Tổng số |"), LOWEST) == []


def test_a_parent_named_anew_over_each_of_its_scattered_columns_is_the_same_parent() -> None:
    (header,) = recognised(
        "Thanh toán trực tuyến | Đơn vị | Thanh toán trực tuyến | Tổng HS có nghĩa vụ tài chính",
        "Tỷ lệ | | Số HS |",
    )
    assert keys(header) == ["paid_rate", "unit", "paid", "payable"]


def test_inserted_columns_are_named_as_unknown_and_the_rest_is_read() -> None:
    (header,) = recognised(
        "STT | Mã | Đơn vị | | Tổng HS có nghĩa vụ tài chính | Thanh toán trực tuyến | | | Ngày",
        " | | | | | Số HS | Qua ví | Tỷ lệ |",
    )
    assert keys(header) == ["position", "?", "unit", "", "payable", "paid", "?", "paid_rate", "?"]
    assert dict(header.unknown)[6] == "Thanh toán trực tuyến › Qua ví"


def test_two_equal_columns_of_a_figure_are_refused_by_name() -> None:
    rows = (
        "STT | Đơn vị | Tổng HS có nghĩa vụ tài chính | Thanh toán trực tuyến | | Tổng số hồ sơ",
        " | | | Số HS | Số HS |",
    )
    with pytest.raises(HeaderAmbiguous, match="hai cột cùng tên “Thanh toán trực tuyến › Số HS"):
        recognised(*rows)
    with pytest.raises(ImportRefused, match="Sheet “Sheet1”: Dòng 1 có hai cột cùng tên"):
        figures(*rows)


def test_two_equal_columns_that_feed_nothing_are_no_fault() -> None:
    (header,) = recognised(
        *[
            f"{line} | {more}"
            for line, more in zip(PROGRESS, ("Bổ sung | Bổ sung", "|", "|" * 8), strict=True)
        ]
    )
    assert [cell.definition.key for cell in header.cells][:15] == KEYS


def test_a_table_of_no_known_layout_with_two_equal_columns_is_only_unknown() -> None:
    assert recognised("STT | Đơn vị | Trong hạn | Quá hạn | Trong hạn | Quá hạn") == []


def test_two_tables_side_by_side_are_refused_with_a_word_how_to_mend_it() -> None:
    side = "STT | Đơn vị | Tỷ lệ hồ sơ trực tuyến | Tỷ lệ thanh toán trực tuyến"
    with pytest.raises(ImportRefused, match="hai bảng đứng cạnh nhau"):
        figures(f"{side} | | {side}", [1, "Sở Y tế", "1%", "2%", None, 1, "Huyện Đại Lộc", "3%", "4%"])


def test_two_layouts_that_fit_equally_well_are_told_by_name() -> None:
    definition = {
        "columns": [
            {"role": "unit", "required": True, "headers": ["Đơn vị"]},
            {"role": "rate", "indicator": "HSTT", "required": True, "headers": ["Tỷ lệ"]},
        ]
    }
    twins = [read_layout(code=name, name=f"Mẫu {name}", definition=definition) for name in "AB"]
    with pytest.raises(HeaderAmbiguous, match="“Mẫu A”, “Mẫu B”"):
        recognised("Đơn vị | Tỷ lệ | Ghi chú", layouts=twins)


def test_of_two_layouts_the_one_wins_that_explains_more_columns() -> None:
    (header,) = recognised(
        "TT | Đơn vị | Số hồ sơ tiếp nhận | | | Tổng HS có nghĩa vụ tài chính | Thanh toán trực tuyến | | Mã",
        " | | Trực tuyến | Trực tiếp | BCCI | | Số HS | Tỷ lệ |",
    )
    assert header.layout.code == "ket-qua-dong-bo-thanh-toan"
