"""Numbers as Vietnamese offices print them: reading by the column's type, rates, rounding, showing.

The column decides what "1.234" is: a count there is a thousand and more; in a rate column it is unclear,
and unclear is an error that says how to mend it, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final

from dvctt.lib.names import fold, nfc

# Rates are kept to ten decimals of a percent, which is finer than any printed figure and fits the database.
RATE_DECIMALS: Final = 10
_CONTEXT: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_HUNDRED: Final = Decimal(100)

_NOTHING: Final = frozenset({"", "-", "–", "—", "−"})
_UNIT_WORDS: Final = re.compile(
    r"\s?(?:hồ sơ|hs|tthc|thủ tục|dịch vụ|dvc|lượt|giao dịch|phản ánh|kiến nghị|pakn|người|đơn vị|phút|ngày)"
    r"(?:\s?/\s?[\w ]+)*$",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_GROUPED: Final = re.compile(
    r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+"
)
# "2657.0" and "1.234,00" come from exports that print every number with decimals.
_ZERO_DECIMALS: Final = re.compile(
    r"([0-9]{1,18})[.,]0{1,2}|([1-9][0-9]{0,2}(?:\.[0-9]{3})+),0+|([1-9][0-9]{0,2}(?:,[0-9]{3})+)\.0+"
)
_RATE: Final = re.compile(r"(?P<whole>[0-9]{1,15})(?:[.,](?P<part>[0-9]{1,15}))?")
_GROUPED_RATE: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")


class NumberUnclear(ValueError):
    """A text that cannot be read as the column's kind of number; str() says what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as a source printed it: `value` in percent, `decimals` as printed, `printed` the text itself."""

    value: Decimal
    decimals: int
    printed: str


def _bare(text: str) -> str:
    """Return the text clean, without the apostrophe by which Excel marks a number kept as text."""
    return nfc(text).lstrip("'").strip()


def _quoted(text: str) -> str:
    return f"“{text}”" if len(text) <= 40 else f"“{text[:40]}…”"


def _decimal_of(number: int | float | Decimal) -> Decimal:
    # repr of a float is the shortest text that gives it back: 0.1 stays 0.1.
    value = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if not value.is_finite():
        raise NumberUnclear("Ô này không phải là một số hữu hạn; hãy nhập lại số.")
    return value


def parse_count(text_or_number: object) -> int | None:
    """Return the count in a cell, or None where nothing is printed ("" or a dash).

    Dots, commas and spaces between groups of three are thousands. Raises NumberUnclear for fractions,
    negatives and words.
    """
    if text_or_number is None:
        return None
    if isinstance(text_or_number, bool) or not isinstance(text_or_number, (str, int, float, Decimal)):
        raise NumberUnclear(
            f"“{text_or_number}” không phải là số lượng; hãy nhập một số nguyên, ví dụ 1.234."
        )
    if not isinstance(text_or_number, str):
        value = _decimal_of(text_or_number)
        if value < 0:
            raise NumberUnclear(f"Số lượng {text_or_number} là số âm; hãy nhập số từ 0 trở lên.")
        if value != value.to_integral_value():
            raise NumberUnclear(f"Số lượng {text_or_number} có phần thập phân; hãy nhập số nguyên.")
        if value >= 10**18:
            raise NumberUnclear(f"Số lượng {text_or_number} quá lớn; hãy kiểm tra lại.")
        return int(value)
    text = _bare(text_or_number)
    if text in _NOTHING:
        return None
    figure = _UNIT_WORDS.sub("", text) if len(text) <= 60 else text
    if figure[:1] in "-−–" and figure[1:].strip()[:1].isdigit():
        raise NumberUnclear(f"Số lượng {_quoted(text)} là số âm; hãy nhập số từ 0 trở lên.")
    if len(figure) <= 30 and (match := _ZERO_DECIMALS.fullmatch(figure)):
        figure = match[1] or match[2] or match[3]
    if len(figure) <= 24 and (_WHOLE.fullmatch(figure) or _GROUPED.fullmatch(figure)):
        return int(re.sub(r"[., ]", "", figure))
    if "%" in figure:
        raise NumberUnclear(
            f"{_quoted(text)} là tỷ lệ trong cột số lượng; hãy nhập số nguyên hoặc chọn lại cột."
        )
    if re.fullmatch(r"[0-9]+[.,][0-9]+", figure):
        raise NumberUnclear(
            f"Không rõ {_quoted(text)} là số lượng nào: số lượng không có phần thập phân. "
            "Hãy nhập số nguyên, dấu chấm chỉ để ngăn hàng nghìn (1.234)."
        )
    raise NumberUnclear(f"Không đọc được số lượng {_quoted(text)}; hãy nhập số nguyên, ví dụ 1.234.")


def parse_rate(
    text_or_number: object, *, percent_format: bool = False, decimals: int | None = None
) -> Rate | None:
    """Return the rate in a cell, in percent, or None where nothing is printed.

    A number of a cell formatted as a percentage is passed with `percent_format=True`: 0.853 is 85.3 %.
    `decimals` is then what the cell's format shows (`shown_decimals`), and `printed` the text that it shows.
    Bounds are not judged here. Raises NumberUnclear for words, negatives and "1.234".
    """
    if text_or_number is None:
        return None
    if isinstance(text_or_number, bool) or not isinstance(text_or_number, (str, int, float, Decimal)):
        raise NumberUnclear(f"“{text_or_number}” không phải là tỷ lệ; hãy nhập dạng 98,75%.")
    if not isinstance(text_or_number, str):
        return _rate_of_number(text_or_number, percent_format=percent_format, decimals=decimals)
    text = _bare(text_or_number)
    if text in _NOTHING:
        return None
    figure = text.removesuffix("%").rstrip()
    has_sign = figure != text
    if figure[:1] in "-−–" and figure[1:].strip()[:1].isdigit():
        raise NumberUnclear(f"Tỷ lệ {_quoted(text)} là số âm; hãy nhập tỷ lệ từ 0 trở lên.")
    if match := _RATE.fullmatch(figure):
        part = match["part"] or ""
        if len(part) == 3 and not has_sign:
            raise NumberUnclear(
                f"Không rõ {_quoted(text)} là bao nhiêu phần trăm: dấu ngăn hàng nghìn hay phần thập phân? "
                "Hãy nhập với một hoặc hai số lẻ, ví dụ 98,75%."
            )
        return Rate(Decimal(f"{match['whole']}.{part or 0}" if part else match["whole"]), len(part), text)
    if len(figure) <= 30 and _GROUPED_RATE.fullmatch(figure):
        whole, part = re.split(r"[.,](?=[0-9]+$)", figure)
        return Rate(Decimal(re.sub(r"[.,]", "", whole) + "." + part), len(part), text)
    raise NumberUnclear(f"Không đọc được tỷ lệ {_quoted(text)}; hãy nhập một số phần trăm, ví dụ 98,75%.")


def _rate_of_number(number: int | float | Decimal, *, percent_format: bool, decimals: int | None) -> Rate:
    if not percent_format and decimals is None and (plain := plain_rate(number)) is not None:
        return plain
    value = _decimal_of(number)
    if value < 0:
        raise NumberUnclear(f"Tỷ lệ {number} là số âm; hãy nhập tỷ lệ từ 0 trở lên.")
    if value >= 10**15:
        raise NumberUnclear(f"Tỷ lệ {number} quá lớn; hãy kiểm tra lại.")
    if percent_format:
        value *= _HUNDRED
    value = Decimal(_plain(round_half_up(value, RATE_DECIMALS)))
    own_decimals = max(0, -int(value.as_tuple().exponent))
    shown = own_decimals if decimals is None else decimals
    printed = f"{round_half_up(value, shown):f}" + ("%" if percent_format else "")
    return Rate(value, shown, printed)


@lru_cache(maxsize=65_536)
def plain_rate(number: int | float | Decimal) -> Rate | None:
    """Return a bare number that prints as it is, None for one that `parse_rate` has to look at.

    Nearly every rate of a file that gives numbers is one, and comes again in other rows.
    """
    if not 0 <= number < 10**6 or isinstance(number, Decimal):
        return None
    text = repr(number)
    whole, _, part = text.partition(".")
    if not whole.isdigit() or len(part) > RATE_DECIMALS or not (part or "0").isdigit():
        return None
    part = part.rstrip("0")
    printed = f"{whole}.{part}" if part else whole
    return Rate(Decimal(printed), len(part), printed)


def shown_decimals(number_format: str | None) -> int | None:
    """Return how many decimals a spreadsheet percentage format shows ("0.00%" → 2), or None if it is none."""
    if number_format is None or "%" not in number_format:
        return None
    match = re.search(r"\.([0#?]+)", number_format.split(";")[0])
    return len(match[1]) if match else 0


def rate(*, numerator: int | Decimal | None, denominator: int | Decimal | None) -> Decimal | None:
    """Return numerator over denominator in percent to ten decimals, or None when nothing was due.

    None too when either is missing. Rounded half up; what is shown is rounded further by its caller.
    """
    if numerator is None or denominator is None or denominator == 0:
        return None
    quotient = _CONTEXT.divide(_CONTEXT.multiply(Decimal(numerator), _HUNDRED), Decimal(denominator))
    return round_half_up(quotient, RATE_DECIMALS)


@lru_cache(maxsize=64)
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Return the value rounded to so many decimals, halves away from zero, as the portals round."""
    # By place: to read the names of arguments takes thrice as long as the rounding.
    return value.quantize(_step(decimals), ROUND_HALF_UP, _CONTEXT)


def truncate(value: Decimal, decimals: int) -> Decimal:
    """Return the value cut to so many decimals; some sources print 12 % for 12,89."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN, context=_CONTEXT)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def plain(value: Decimal | int | None) -> str | None:
    """Return the figure for JSON: a decimal point, no exponent, no trailing zeros; None stays None."""
    return None if value is None else _plain(Decimal(value))


def vi_number(value: Decimal | int | None, decimals: int | None = None) -> str:
    """Return the number as read in Vietnam: 1.234,5; a dash for None; a true minus sign.

    With `decimals` it is rounded half up to them; without, it is shown whole.
    """
    if value is None:
        return "–"
    figure = value if isinstance(value, Decimal) else Decimal(value)
    text = _plain(figure) if decimals is None else f"{round_half_up(figure, decimals):f}"
    sign = ""
    if text.startswith("-"):
        text = text[1:]
        # What rounds to nothing carries no sign.
        sign = "−" if text.strip("0.") else ""
    whole, _, part = text.partition(".")
    grouped = whole if len(whole) <= 3 else f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped},{part}" if part else f"{sign}{grouped}"


def vi_percent(value: Decimal | int | None, decimals: int | None = 2) -> str:
    """Return a rate for the screen: "98,75 %"; a dash for None."""
    return "–" if value is None else f"{vi_number(value, decimals)} %"


def vi_counts(numerator: int | None, denominator: int | None) -> str:
    """Return the counts behind a rate: "31/402", "trên 402" where a survey gave the rate; "" for none."""
    if denominator is None:
        return ""
    told = vi_number(denominator)
    return f"trên {told}" if numerator is None else f"{vi_number(numerator)}/{told}"


def vi_points(delta: Decimal | int | None, decimals: int = 2) -> str:
    """Return a difference in percentage points with its sign: "+1,20", "−0,91", "0,00"."""
    text = vi_number(delta, decimals)
    return f"+{text}" if delta is not None and text[0] != "−" and text.strip("0,.") else text


def vi_date(day: date | None) -> str:
    """Return the date as on screens: 23/8/2023; a dash for None."""
    return "–" if day is None else f"{day.day}/{day.month}/{day.year}"


def official_date(day: date) -> str:
    """Return the date as official papers write it: "ngày 05 tháng 01 năm 2023".

    Nghị định 30/2020/NĐ-CP: days below ten and the months 1 and 2 carry a leading zero.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


_LABELLED: Final = re.compile(
    r"(?:^|[/;\n])\s*([^\W\d][^:/;\n]{1,40}?)\s*:(?!//)\s*([^/;\n:]+?)\s*(?=[/;\n]|$)"
)


def parse_labelled(text: str) -> dict[str, str]:
    """Return the parts of a compound cell by their folded labels, or {} where the cell is not compound."""
    return {fold(match[1]): match[2] for match in _LABELLED.finditer(text)}
