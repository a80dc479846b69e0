"""Vietnamese unit names: cleaning, folding, splitting, keys."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib.names import (
    fold,
    folded_key,
    name_key,
    nfc,
    reading_order,
    settle_tones,
    split_unit_name,
    stated_parents,
)

VIETNAMESE = st.text(
    alphabet="aàáảãạăằắâầấbcdđeèéêềgghiìíklmnoòóôồơờpqrstuùúưừvxyỳýỷỹỵAĐÀÁOÒUỦYỲQH '’-–IXV1 \u00a0",
    max_size=40,
)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("  Xã\u00a0Tam \n Trà\u200b ", "Xã Tam Trà"),
        (nfd("Thị trấn Di Lăng"), "Thị trấn Di Lăng"),
        ("Tr’Hy", "Tr'Hy"),
        ("Tr`Hy", "Tr'Hy"),
        ("Sở\u00adNội vụ", "SởNội vụ"),
    ],
)
def test_a_name_is_composed_and_cleaned(printed: str, clean: str) -> None:
    assert nfc(printed) == clean


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("Trà Dơn", "tra don"),
        ("ĐẦM HÀ", "dam ha"),
        ("Tr’Hy", "tr hy"),
        ("Sở Giao thông - Vận tải", "so giao thong van tai"),
    ],
)
def test_the_search_form_has_no_marks(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "Hòa"),
        ("Uỷ", "Ủy"),
        ("Thuỷ", "Thủy"),
        ("khoẻ", "khỏe"),
        ("HOÀ", "HÒA"),
        ("Tuý", "Túy"),
        ("Hoè", "Hòe"),
    ],
)
def test_two_tone_positions_are_one_spelling(one: str, other: str) -> None:
    assert settle_tones(one) == settle_tones(other) == other


@pytest.mark.parametrize(
    "name", ["quý", "quỳ", "Quỹ", "hoàn", "Hoài", "khuỷu", "Quỳnh", "Loan", "Huỳnh", "toán"]
)
def test_other_syllables_keep_their_tone(name: str) -> None:
    assert settle_tones(name) == name


@pytest.mark.parametrize(
    ("printed", "kind", "name"),
    [
        ("1UBND xã Tam Trà", "xa", "Tam Trà"),
        ("UBND Xã Bha Lê", "xa", "Bha Lê"),
        ("Ủy ban nhân dân Thành phố Cẩm Phả", "thanh_pho", "Cẩm Phả"),
        ("Uỷ ban Nhân dân xã Axan", "xa", "Axan"),
        ("UBND huyện Bắc Trà My- Tỉnh Quảng Nam", "huyen", "Bắc Trà My"),
        ("UBND thị xã Điện Bàn - tỉnh Quảng Nam", "thi_xa", "Điện Bàn"),
        ("1. Thị xã Đông Triều:", "thi_xa", "Đông Triều"),
        ("10. Huyện Bình Liêu:", "huyen", "Bình Liêu"),
        ("X. UBND huyện Phước Sơn", "huyen", "Phước Sơn"),
        ("X. Tam Trà", "xa", "Tam Trà"),
        ("IV) Thị xã Đức Phổ", "thi_xa", "Đức Phổ"),
        ("TP Hạ Long", "thanh_pho", "Hạ Long"),
        ("Tp.Quảng Ngãi", "thanh_pho", "Quảng Ngãi"),
        ("P.Hoà Bình", "phuong", "Hoà Bình"),
        ("UBND P. Hòa Bình", "phuong", "Hòa Bình"),
        ("TT. Di Lăng", "thi_tran", "Di Lăng"),
        ("TX. Đức Phổ", "thi_xa", "Đức Phổ"),
        ("H. Ba Tơ", "huyen", "Ba Tơ"),
        ("T. Quảng Nam", "tinh", "Quảng Nam"),
        ("P Rao", None, "P Rao"),
        ("Thị trấn P Rao", "thi_tran", "P Rao"),
        ("Xã Ba", "xa", "Ba"),
        ("Xã Tư", "xa", "Tư"),
        ("Xã A Xan", "xa", "A Xan"),
        ("Xã Lăng", "xa", "Lăng"),
        ("Xã Phước Tỉnh", "xa", "Phước Tỉnh"),
        ("Phường 12", "phuong", "12"),
        ("Thành phố Quảng Ngãi", "thanh_pho", "Quảng Ngãi"),
        ("Đặc khu Lý Sơn", "dac_khu", "Lý Sơn"),
        ("Huyện đảo Cô Tô", "huyen", "Cô Tô"),
        ("Tỉnh Bà Rịa - Vũng Tàu", "tinh", "Bà Rịa - Vũng Tàu"),
        ("UBND tỉnh Quảng Nam", "ubnd_tinh", "Quảng Nam"),
        ("Sở Công Thương", "so", "Sở Công Thương"),
        ("Sở Công Thương tỉnh Quảng Nam", "so", "Sở Công Thương"),
        (
            "Sở Lao động - Thương binh và Xã hội - Tỉnh Quảng Nam",
            "so",
            "Sở Lao động - Thương binh và Xã hội",
        ),
        (
            "Ban Quản lý các Khu kinh tế và Khu công nghiệp tỉnh - Tỉnh Quảng Nam",
            "so",
            "Ban Quản lý các Khu kinh tế và Khu công nghiệp tỉnh",
        ),
        ("Thanh tra tỉnh - tỉnh Quảng Nam", "so", "Thanh tra tỉnh"),
        ("Văn phòng UBND tỉnh", "so", "Văn phòng UBND tỉnh"),
        ("Ban dân tộc", "so", "Ban dân tộc"),
        ("Tổng số", None, "Tổng số"),
        ("Xã", None, "Xã"),
        ("UBND", None, "UBND"),
        ("TT", None, "TT"),
        ("", None, ""),
    ],
)
def test_a_printed_name_is_split_into_type_and_name(printed: str, kind: str | None, name: str) -> None:
    unit = split_unit_name(printed)
    assert (unit.kind, unit.name) == (kind, name)
    assert (unit.key, unit.folded) == (name_key(name), folded_key(name))
    assert split_unit_name(nfd(printed)) == unit


def test_the_parents_that_a_name_states_are_kept() -> None:
    parents = stated_parents("Xã Ba - huyện Đông Giang, tỉnh Quảng Nam")
    assert [(parent.kind, parent.name) for parent in parents] == [
        ("huyen", "Đông Giang"),
        ("tinh", "Quảng Nam"),
    ]
    assert stated_parents("UBND huyện Bắc Trà My- Tỉnh Quảng Nam")[0].name == "Quảng Nam"
    assert stated_parents("Xã Ba (huyện Đông Giang)")[0].key == name_key("Đông Giang")
    assert stated_parents("Sở Lao động - Thương binh và Xã hội") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tam Xuân I", "Tam Xuân 1"),
        ("Tam Xuân II", "TAM XUÂN 2"),
        ("P Rao", "Prao"),
        ("Giao thông - Vận tải", "Giao thông vận tải"),
        ("Tr’Hy", "Tr'hy"),
        ("A Xan", "Axan"),
        ("Phường 01", "Phường 1"),
        ("Hoà Khánh", "Hòa Khánh"),
        ("Văn hóa, Thể thao và Du lịch", "Văn hóa Thể thao và Du lịch"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trà Don", "Trà Dơn"),
        ("Tam Đàn", "Tam Dân"),
        ("Bình Thanh", "Bình Thạnh"),
        ("La Êê", "La Dêê"),
        ("Ia I", "Iai"),
    ],
)
def test_accents_are_meaning(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_the_folded_key_forgets_the_accents() -> None:
    assert folded_key("Trà Dơn") == folded_key("Trà Don") == "tradon"
    assert folded_key("Tam Đàn") == folded_key("Tam Dân")


@given(st.text())
def test_folding_and_cleaning_twice_change_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert nfc(nfc(text)) == nfc(text)


@given(VIETNAMESE)
def test_keys_do_not_depend_on_the_normal_form(text: str) -> None:
    assert name_key(nfd(text)) == name_key(text)
    assert folded_key(nfd(text)) == folded_key(text)
    assert fold(nfd(text)) == fold(text)
    assert settle_tones(settle_tones(text)) == settle_tones(text)


@given(VIETNAMESE, st.sampled_from(["UBND xã ", "Phường ", "TT. ", "Ủy ban nhân dân huyện ", "3. TP "]))
def test_splitting_never_loses_a_name(text: str, before: str) -> None:
    if nfc(text).strip(" '’-–"):
        assert split_unit_name(before + text).name


def test_names_are_read_in_the_order_of_a_vietnamese_dictionary() -> None:
    in_order = [
        "Huyện Ba Chẽ",
        "Huyện Duy Xuyên",
        "Huyện Đại Lộc",
        "Phường 2",
        "Phường 10",
        "phường Hà Lầm",
        "Phường Hà Tu",
        "Phường Hạ Long",
        "Phường Hoành Bồ",
        "Phường Ô Đống Mác",
        "Phường Ơ",
        "Thành phố Cẩm Phả",
        "Thị xã Ân Thi",
    ]
    shuffled = in_order[1::2] + in_order[::2]
    assert sorted(shuffled, key=reading_order) == in_order
    assert reading_order("Sở Lao động - Thương binh") == reading_order("SỞ LAO ĐỘNG, Thương binh")
    assert [reading_order(nfd(name)) for name in in_order] == sorted(map(reading_order, in_order))
