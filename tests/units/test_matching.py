"""The ladder of matching: exact, alias, folded, none — and what it must never do."""

from __future__ import annotations

import pytest

from dvctt.lib import names
from units.rules import Candidate, KnownAlias, Match, Matcher

PROVINCE, BA_TO, CITY, DUC_PHO, DONG_GIANG, NAM_TRA_MY = 1, 10, 11, 12, 13, 14
SO_CONG_THUONG, KHU_KINH_TE, THANH_TRA = 20, 21, 22


def candidate(unit_id: int, parent_id: int | None, level: str, kind: str, name: str, full: str) -> Candidate:
    return Candidate(
        unit_id, parent_id, level, kind, name, full, names.name_key(name), names.folded_key(name)
    )


CANDIDATES = [
    candidate(PROVINCE, None, "tinh", "tinh", "Quảng Ngãi", "Tỉnh Quảng Ngãi"),
    candidate(BA_TO, PROVINCE, "huyen", "huyen", "Ba Tơ", "Huyện Ba Tơ"),
    candidate(CITY, PROVINCE, "huyen", "thanh_pho", "Quảng Ngãi", "Thành phố Quảng Ngãi"),
    candidate(DUC_PHO, PROVINCE, "huyen", "thi_xa", "Đức Phổ", "Thị xã Đức Phổ"),
    candidate(DONG_GIANG, PROVINCE, "huyen", "huyen", "Đông Giang", "Huyện Đông Giang"),
    candidate(NAM_TRA_MY, PROVINCE, "huyen", "huyen", "Nam Trà My", "Huyện Nam Trà My"),
    candidate(SO_CONG_THUONG, PROVINCE, "so", "so", "Sở Công Thương", "Sở Công Thương"),
    candidate(
        KHU_KINH_TE,
        PROVINCE,
        "so",
        "so",
        "Ban Quản lý Khu kinh tế Quảng Ngãi",
        "Ban Quản lý Khu kinh tế Quảng Ngãi",
    ),
    candidate(THANH_TRA, PROVINCE, "so", "so", "Thanh tra tỉnh", "Thanh tra tỉnh"),
    candidate(100, BA_TO, "xa", "thi_tran", "Ba Tơ", "Thị trấn Ba Tơ"),
    candidate(101, BA_TO, "xa", "xa", "Ba Tô", "Xã Ba Tô"),
    candidate(102, BA_TO, "xa", "xa", "Ba Vinh", "Xã Ba Vinh"),
    candidate(110, CITY, "xa", "phuong", "Nguyễn Nghiêm", "Phường Nguyễn Nghiêm"),
    candidate(111, CITY, "xa", "xa", "Nghĩa Dõng", "Xã Nghĩa Dõng"),
    candidate(120, DUC_PHO, "xa", "phuong", "Nguyễn Nghiêm", "Phường Nguyễn Nghiêm"),
    candidate(121, DUC_PHO, "xa", "phuong", "Phổ Hòa", "Phường Phổ Hòa"),
    candidate(130, DONG_GIANG, "xa", "xa", "Ba", "Xã Ba"),
    candidate(131, DONG_GIANG, "xa", "xa", "Mà Cooi", "Xã Mà Cooi"),
    candidate(132, DONG_GIANG, "xa", "thi_tran", "P Rao", "Thị trấn P Rao"),
    candidate(140, NAM_TRA_MY, "xa", "xa", "Trà Don", "Xã Trà Don"),
    candidate(141, NAM_TRA_MY, "xa", "xa", "Trà Dơn", "Xã Trà Dơn"),
    candidate(142, NAM_TRA_MY, "xa", "xa", "Tam Xuân I", "Xã Tam Xuân I"),
]
ALIASES = [
    KnownAlias(131, DONG_GIANG, "", "xa", names.name_key("Mà Cooih")),
    KnownAlias(102, BA_TO, "he_thong_tinh", "", names.name_key("Ba Vinh Mới")),
]


def match(printed: str, parent_id: int | None, level: str = "xa", source: str = "van_ban") -> Match:
    return Matcher(CANDIDATES, ALIASES).match(printed, parent_id=parent_id, levels=[level], source=source)


@pytest.mark.parametrize(
    ("printed", "parent_id", "level", "unit_id"),
    [
        ("UBND xã Trà Don", NAM_TRA_MY, "xa", 140),
        ("UBND xã Trà Dơn", NAM_TRA_MY, "xa", 141),
        ("1UBND xã Ba Vinh", BA_TO, "xa", 102),
        ("Phường Nguyễn Nghiêm", DUC_PHO, "xa", 120),
        ("Phường Nguyễn Nghiêm", CITY, "xa", 110),
        ("P. Phổ Hoà", DUC_PHO, "xa", 121),
        ("Thị trấn Prao", DONG_GIANG, "xa", 132),
        ("Xã Tam Xuân 1", NAM_TRA_MY, "xa", 142),
        ("UBND huyện Ba Tơ - Tỉnh Quảng Ngãi", PROVINCE, "huyen", BA_TO),
        ("Thị xã Đức Phổ", PROVINCE, "huyen", DUC_PHO),
        ("Ba Tô", BA_TO, "xa", 101),
        ("Thanh tra tỉnh - tỉnh Quảng Ngãi", PROVINCE, "so", THANH_TRA),
        ("UBND tỉnh Quảng Ngãi", None, "tinh", PROVINCE),
        ("Xã Ba - huyện Đông Giang, tỉnh Quảng Ngãi", DONG_GIANG, "xa", 130),
    ],
)
def test_a_name_that_differs_only_in_spelling_matches_exactly(
    printed: str, parent_id: int | None, level: str, unit_id: int
) -> None:
    found = match(printed, parent_id, level)
    assert (found.unit_id, found.step) == (unit_id, "exact")


@pytest.mark.parametrize(
    "printed",
    [
        "Ban Quản lý Khu kinh tế",
        "Ban Quản lý Khu kinh tế tỉnh Quảng Ngãi",
        "BAN QUẢN LÝ KHU KINH TẾ QUẢNG NGÃI",
        "Ban Quản lý Khu kinh tế - Tỉnh Quảng Ngãi",
    ],
)
def test_a_so_may_carry_its_province_behind_its_name(printed: str) -> None:
    assert match(printed, PROVINCE, "so").unit_id == KHU_KINH_TE


def test_a_so_of_another_province_does_not_match() -> None:
    assert match("Sở Công Thương - Tỉnh Quảng Nam", PROVINCE, "so").unit_id is None


def test_nothing_is_taken_across_parents() -> None:
    found = match("Xã Ba Vinh", DONG_GIANG)
    assert (found.unit_id, found.step) == (None, "none")
    assert found.reason == "không có trong Huyện Đông Giang; có đơn vị cùng tên trong Huyện Ba Tơ"
    assert [s.full_name for s in found.suggestions] == ["Xã Ba Vinh"]


def test_an_alias_settled_once_holds_and_says_so() -> None:
    found = match("UBND xã Mà Cooih", DONG_GIANG)
    assert (found.unit_id, found.step, found.reason) == (131, "alias", "khớp theo tên gọi khác")


def test_an_alias_holds_only_for_its_own_source_and_parent() -> None:
    assert match("Xã Ba Vinh Mới", BA_TO, source="he_thong_tinh").unit_id == 102
    assert match("Xã Ba Vinh Mới", BA_TO, source="van_ban").unit_id is None
    assert match("UBND xã Mà Cooih", BA_TO).unit_id is None


def test_an_alias_of_another_type_does_not_hold() -> None:
    assert match("Phường Mà Cooih", DONG_GIANG).unit_id is None


@pytest.mark.parametrize(
    ("printed", "parent_id", "level", "unit_id", "reason"),
    [
        ("UBND huyện Ba To", PROVINCE, "huyen", BA_TO, "khớp không dấu, duy nhất trong Tỉnh Quảng Ngãi"),
        ("Xã Nghĩa Đông", CITY, "xa", 111, "khớp không dấu, duy nhất trong Thành phố Quảng Ngãi"),
        ("Thị xã Đức Phố", PROVINCE, "huyen", DUC_PHO, "khớp không dấu, duy nhất trong Tỉnh Quảng Ngãi"),
        ("Xã Ba To", BA_TO, "xa", 101, "khớp không dấu, duy nhất trong Huyện Ba Tơ"),
    ],
)
def test_without_accents_a_name_matches_where_it_is_unique_in_its_parent(
    printed: str, parent_id: int, level: str, unit_id: int, reason: str
) -> None:
    found = match(printed, parent_id, level)
    assert (found.unit_id, found.step, found.reason) == (unit_id, "folded", reason)


def test_an_ambiguous_fold_is_left_to_a_person() -> None:
    found = match("UBND xã Tra Don", NAM_TRA_MY)
    assert (found.unit_id, found.step) == (None, "none")
    assert "Xã Trà Don, Xã Trà Dơn" in found.reason
    assert {s.unit_id for s in found.suggestions} == {140, 141}


def test_a_contradicting_type_is_a_suggestion_and_no_match() -> None:
    found = match("Xã P Rao", DONG_GIANG)
    assert found.unit_id is None
    assert found.reason == "trùng tên nhưng khác loại: tệp ghi xã, có Thị trấn P Rao"
    assert found.suggestions[0].full_name == "Thị trấn P Rao"


def test_a_name_of_another_type_forbids_the_fold() -> None:
    """ "Xã Ba Tơ" may be a slip for Thị trấn Ba Tơ as well as for Xã Ba Tô."""
    found = match("Xã Ba Tơ", BA_TO)
    assert found.unit_id is None
    assert {s.unit_id for s in found.suggestions} >= {100, 101}


def test_a_row_that_names_another_parent_than_its_group_is_not_taken() -> None:
    found = match("Xã Ba - huyện Ba Tơ", DONG_GIANG)
    assert found.unit_id is None
    assert "tên ghi thuộc huyện Ba Tơ" in found.reason


def test_without_a_parent_only_a_unique_full_name_with_its_type_is_taken() -> None:
    assert match("Xã Mà Cooi", None).unit_id == 131
    assert match("Mà Cooi", None).unit_id is None
    assert match("Phường Nguyễn Nghiêm", None).unit_id is None
    assert match("Phường Nguyễn Nghiêm - thị xã Đức Phổ", None).unit_id == 120
    assert match("Xã Ma Cooi", None).unit_id is None


def test_a_very_short_name_is_matched_whole_and_never_as_a_part() -> None:
    assert match("Xã Ba", DONG_GIANG).unit_id == 130
    assert match("Xã Ba", BA_TO).unit_id is None


def test_a_near_name_is_suggested_and_never_taken() -> None:
    found = match("Xã Mà Coi", DONG_GIANG)
    assert found.unit_id is None
    assert [s.full_name for s in found.suggestions] == ["Xã Mà Cooi"]


def test_an_unknown_name_without_a_likeness_has_no_suggestion() -> None:
    found = match("Xã Điện Thắng Trung", DONG_GIANG)
    assert (found.unit_id, found.suggestions, found.reason) == (
        None,
        [],
        "không tìm thấy trong Huyện Đông Giang",
    )


def test_an_empty_cell_says_so() -> None:
    assert match("  ", DONG_GIANG).reason == "ô tên đơn vị để trống"


def test_a_whole_name_is_nearer_than_one_without_its_province() -> None:
    both = [
        candidate(1, None, "tinh", "tinh", "Quảng Ngãi", "Tỉnh Quảng Ngãi"),
        candidate(2, 1, "so", "so", "Thanh tra", "Thanh tra"),
        candidate(3, 1, "so", "so", "Thanh tra tỉnh", "Thanh tra tỉnh"),
    ]
    matcher = Matcher(both)
    printed = ["Thanh tra", "Thanh tra tỉnh"]
    found = [matcher.match(name, parent_id=1, levels=["so"], source="van_ban").unit_id for name in printed]
    assert found == [2, 3]
