"""Vietnamese names of administrative units: cleaning, folding, splitting, identity keys.

Accents are meaning: Trà Don and Trà Dơn are two communes of one district. So `name_key` keeps them, and
`folded_key` only serves where the caller has made sure that a fold is unique.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

_Named = TypeVar("_Named")

# Zero-width and direction marks that word processors and web pages leave inside names.
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_APOSTROPHE_SIGNS: Final = "’‘ʼ`´′‛ʹ＇"
_APOSTROPHES: Final = str.maketrans(dict.fromkeys(_APOSTROPHE_SIGNS, "'"))
_SPACES: Final = re.compile(r"\s+")
# Anything that `nfc` would change in a text that is composed already; most texts have none of it.
_UNTIDY: Final = re.compile(rf"{_INVISIBLE.pattern}|[{_APOSTROPHE_SIGNS}]|\s\s|[^\S ]|\A\s|\s\Z")

_DASHES: Final = "-‐‑‒–—−"
_DASH: Final = rf"\{_DASHES}"  # for a character class

# Open syllables whose tone mark stands on the last vowel in the one spelling and on the first in the other.
_LATE_TONE: Final = re.compile(
    r"(?<![qQ])([oO])([àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ])(?!\w)|(?<![qQ])([uU])([ỳýỷỹỵỲÝỶỸỴ])(?!\w)"
)

_ROMAN: Final = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_LAST_ROMAN: Final = re.compile(
    rf"(?<=[\s{_DASH}])(i|ii|iii|iv|v|vi|vii|viii|ix|x)$|^(i|ii|iii|iv|v|vi|vii|viii|ix|x)$"
)
_LAST_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d+$)")
_VIETNAMESE_MARKS: Final = re.compile("[\u0300-\u036f]+")
_SEPARATORS: Final = re.compile(rf"[\s{_DASH}',]")

# TCVN 5712 and every dictionary: the letters in this order, then within a syllable the tones.
_LETTERS: Final = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACES: Final = {ord(letter): chr(place) for place, letter in enumerate(_LETTERS, start=0x20)}
_TONES: Final = {mark: str(place) for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
_TONE: Final = re.compile(f"[{''.join(_TONES)}]")
_SYLLABLE: Final = re.compile(r"\d+|[^\W\d_]+")


def nfc(text: str) -> str:
    """Return the text composed (NFC), with single spaces, plain apostrophes and nothing invisible."""
    if text.isascii():
        return _SPACES.sub(" ", text.replace("`", "'")).strip()
    if unicodedata.is_normalized("NFC", text) and not _UNTIDY.search(text):
        return text
    cleaned = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_APOSTROPHES)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", cleaned)).strip()


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    if (bare := _VIETNAMESE_MARKS.sub("", decomposed)).isascii():
        return bare
    return "".join(c for c in decomposed if not unicodedata.category(c).startswith("M"))


def fold(text: str) -> str:
    """Return the form for searching: no marks, no case, words of letters and digits with single spaces.

    `fold("Trà Dơn") == "tra don"`: for finding only, never for deciding that two units are one.
    """
    folded = nfc(text)
    # A compatibility form may bring new capitals or marks ("™" → "TM"), so this runs until nothing changes.
    while (once_more := _without_marks(folded.casefold())) != folded:
        folded = once_more
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


@lru_cache(maxsize=50_000)
def reading_order(text: str) -> str:
    """Return a key that sorts as a Vietnamese dictionary does: by syllable, its letters, then its tone.

    d comes before đ, a before ă and â, Hà before Hạ, and 2 before 10; case and punctuation do not count.
    """
    parts = []
    for syllable in _SYLLABLE.findall(nfc(text).casefold()):
        decomposed = unicodedata.normalize("NFD", syllable)
        letters = unicodedata.normalize("NFC", _TONE.sub("", decomposed))
        tones = "".join(_TONES[mark] for mark in _TONE.findall(decomposed))
        numbered = letters.zfill(9) if letters.isdigit() else letters
        parts.append(f"{numbered.translate(_PLACES)}\x01{tones}")
    return "\0".join(parts)


def _early_tone(match: re.Match[str]) -> str:
    first, second = (match[1], match[2]) if match[1] else (match[3], match[4])
    apart = unicodedata.normalize("NFD", second)  # the vowel, then its one tone mark
    return unicodedata.normalize("NFC", first + apart[1]) + apart[0]


def settle_tones(text: str) -> str:
    """Return the text with one position of the tone mark: Hoà → Hòa, Uỷ → Ủy, khoẻ → khỏe; case is kept.

    Only the open syllables oa, oe, uy have two spellings; "quý" and "hoàn" have one and stay.
    """
    return _LATE_TONE.sub(_early_tone, unicodedata.normalize("NFC", text))


def matching(search: str, items: Iterable[_Named], *, name: Callable[[_Named], str]) -> list[_Named]:
    """Return the items whose name has the words, accents aside; all of them where there are no words.

    Typed with accents, only names with those accents come, where there are any: Trà Don is not Trà Dơn.
    """
    wanted = fold(search)
    if not wanted:
        return list(items)
    hits = [item for item in items if wanted in fold(name(item))]
    typed = settle_tones(nfc(search)).casefold().strip()
    if typed != wanted:
        exact = [item for item in hits if typed in settle_tones(name(item)).casefold()]
        return exact or hits
    return hits


def name_key(name: str) -> str:
    """Return the identity key of a name, accents kept.

    Case, tone position, spaces, hyphens, apostrophes and commas do not count, and a last numeral is the
    same in Roman and Arabic: Tam Xuân I = Tam Xuân 1, P Rao = Prao. Trà Don and Trà Dơn stay apart.
    """
    key = settle_tones(nfc(name)).casefold()
    key = _LAST_ROMAN.sub(lambda match: _ROMAN[match[0]], key)
    key = _LAST_ZEROS.sub("", key)
    return _SEPARATORS.sub("", key)


def folded_key(name: str) -> str:
    """Return `name_key` without marks (đ → d): a candidate key, safe only where it is unique in a parent."""
    return without_marks_of_key(name_key(name))


def without_marks_of_key(key: str) -> str:
    """Return the `folded_key` of the name that has this `name_key`."""
    return _without_marks(key).casefold()


@dataclass(frozen=True, slots=True)
class UnitName:
    """A printed unit name, taken apart.

    `kind` is one of tinh, thanh_pho, quan, huyen, thi_xa, xa, phuong, thi_tran, dac_khu, so, ubnd_tinh, or
    None where no type is printed. `name` is without its type word, but for "so", where the type word is
    part of the name ("Sở Công Thương"). `key` and `folded` are `name_key` and `folded_key` of `name`.
    """

    kind: str | None
    name: str
    key: str
    folded: str


_KIND_WORDS: Final = (
    ("tinh", "tỉnh"),
    ("thanh_pho", "thành phố"),
    ("quan", "quận"),
    ("huyen", "huyện đảo"),
    ("huyen", "huyện"),
    ("thi_xa", "thị xã"),
    ("xa", "xã"),
    ("phuong", "phường"),
    ("thi_tran", "thị trấn"),
    ("dac_khu", "đặc khu"),
)
_KIND_OF_WORD: Final = {word: kind for kind, word in _KIND_WORDS}
_KIND_OF_SHORT: Final = {
    "tp": "thanh_pho",
    "tx": "thi_xa",
    "tt": "thi_tran",
    "đk": "dac_khu",
    "t": "tinh",
    "q": "quan",
    "h": "huyen",
    "x": "xa",
    "p": "phuong",
}
_TERRITORIES: Final = frozenset(
    {"thanh_pho", "quan", "huyen", "thi_xa", "xa", "phuong", "thi_tran", "dac_khu"}
)
_COMMUNES: Final = frozenset({"xa", "phuong", "thi_tran", "dac_khu"})

_WORDS = "|".join(word.replace(" ", r"\s") for _, word in _KIND_WORDS)
_KIND: Final = re.compile(rf"({_WORDS})(?:\s?:)?\s(?=\S)", re.IGNORECASE)
# Two letters may lack their full stop ("TP Hạ Long"); a single one needs it ("P Rao" is a name).
_SHORT: Final = re.compile(r"(?:(tp|tx|tt|đk)(?:\.\s?|\s)|([tqhxp])\.\s?)(?=\w)", re.IGNORECASE)
_OFFICE: Final = re.compile(
    rf"(?:(?:h\.?đ\.?n\.?d|hội đồng nhân dân)\.?\s?(?:và|&|,|[{_DASH}])?\s?)?"
    r"(?:u\.?b\.?n\.?d\.?|(?:ủy|uỷ) ban nhân dân)(?=[\s:]|$)\s?",
    re.IGNORECASE,
)
_SO: Final = re.compile(r"(?:sở|ban|thanh tra|văn phòng|bql)(?=[\s,:]|$)", re.IGNORECASE)
_STARTS_A_UNIT: Final = re.compile(
    rf"(?:{_OFFICE.pattern})|(?:{_SO.pattern})|(?:{_WORDS})\s|(?:tp|tx|tt|đk)[.\s]|[tqhxp]\.", re.IGNORECASE
)

_NUMBERED: Final = re.compile(rf"(?:\d+(?:\.\d+)*\s?[.)/:{_DASH}]\s?)(?=\D)")
_STRAY_DIGITS: Final = re.compile(r"\d+\s?(?=\D)")
_LETTERED: Final = re.compile(rf"(?:[ivxl]+|[a-hđ])\s?[.)/:{_DASH}]\s?", re.IGNORECASE)

_AFTER_DASH: Final = rf"\s?[{_DASH},(]\s?"
_PROVINCE_TAIL: Final = re.compile(
    rf"(?<=\w){_AFTER_DASH}((?:tỉnh|thành phố)\s\S.*|t\.\s?\w.*|tp[.\s]\s?\w.*)$", re.IGNORECASE
)
_PARENT_TAIL: Final = re.compile(
    rf"(?<=\w){_AFTER_DASH}((?:huyện|quận|thị xã|thành phố|tỉnh)\s\S.*|[htq]\.\s?\w.*|t[px][.\s]\s?\w.*)$",
    re.IGNORECASE,
)
# Without a dash only with the two words that every province's name has: Xã Phước Tỉnh is a name.
_BARE_PROVINCE: Final = re.compile(r"\stỉnh\s\S+\s\S.*$", re.IGNORECASE)


def _without_numbering(text: str) -> str:
    """Return the text without group numbering ("1.", "II.", "b)") or digits that stuck to it."""
    for pattern, always in ((_NUMBERED, True), (_STRAY_DIGITS, False), (_LETTERED, False)):
        match = pattern.match(text)
        if match and (rest := text[match.end() :]) and (always or _STARTS_A_UNIT.match(rest)):
            return rest
    return text


def _make(kind: str | None, name: str) -> UnitName:
    key = name_key(name)
    return UnitName(kind, name, key, without_marks_of_key(key))


def _kind_and_rest(text: str) -> tuple[str | None, str]:
    if match := _KIND.match(text):
        return _KIND_OF_WORD[match[1].casefold()], text[match.end() :]
    if match := _SHORT.match(text):
        return _KIND_OF_SHORT[(match[1] or match[2]).casefold()], text[match.end() :]
    return None, text


def _taken_apart(printed: str) -> tuple[UnitName, str]:
    """Return the unit and the text of the parents printed behind it ("" where there are none)."""
    text = _without_numbering(nfc(printed)).rstrip(" :;.,").lstrip(f" {_DASHES}*+•")
    if _SO.match(text):
        tail = _PROVINCE_TAIL.search(text)
        if tail is None and text.casefold().startswith("sở "):
            # A sở's own name never ends in its province; others' names may: Thanh tra tỉnh.
            tail = _BARE_PROVINCE.search(text)
        name = text[: tail.start()] if tail else text
        return _make("so", name), text[tail.start() :] if tail else ""
    office = _OFFICE.match(text)
    rest = text[office.end() :].lstrip(" :") if office else text
    if office and rest.casefold() in ("", "tỉnh"):
        return _make("ubnd_tinh" if rest else None, text), ""
    kind, rest = _kind_and_rest(rest)
    if kind == "tinh":
        return _make("ubnd_tinh" if office else "tinh", rest), ""
    parents = ""
    tail = (_PARENT_TAIL if kind in _COMMUNES else _PROVINCE_TAIL).search(rest)
    if tail is None and (kind in _TERRITORIES or office):
        tail = _BARE_PROVINCE.search(rest)
    if tail is not None:
        rest, parents = rest[: tail.start()], rest[tail.start() :]
    return _make(kind, rest.strip(f" {_DASHES},:;") or rest), parents


@lru_cache(maxsize=16_384)
def _remembered(printed: str) -> tuple[UnitName, str]:
    return _taken_apart(printed)


def _parts(printed: str) -> tuple[UnitName, str]:
    # Notes and whole paragraphs come by here too; only what may be a name is worth remembering.
    return _remembered(printed) if len(printed) <= 200 else _taken_apart(printed)


def split_unit_name(printed: str) -> UnitName:
    """Return the type and the name in a printed unit name.

    Numbering, UBND, abbreviations of types and a trailing province are taken off: "1UBND xã Tam Trà" is
    xã, Tam Trà; "UBND huyện Bắc Trà My- Tỉnh Quảng Nam" is huyện, Bắc Trà My. Types are whole words, so
    "Xã Ba" is named Ba and "Sở Lao động - Thương binh và Xã hội" stays whole.
    """
    return _parts(printed)[0]


def stated_parents(printed: str) -> tuple[UnitName, ...]:
    """Return the parents that a printed name states behind itself, nearest first.

    "Xã Ba - huyện Đông Giang, tỉnh Quảng Nam" states huyện Đông Giang and tỉnh Quảng Nam. A row must not
    be matched against what it says itself.
    """
    tail = _parts(printed)[1].strip(f" {_DASHES},()")
    parents: list[UnitName] = []
    while tail:
        match = _PARENT_TAIL.search(tail)
        head = (tail[: match.start()] if match else tail).strip(f" {_DASHES},()")
        kind, name = _kind_and_rest(head)
        parents.append(_make(kind, name))
        tail = match[1].strip(" ()") if match else ""
    return tuple(parents)
