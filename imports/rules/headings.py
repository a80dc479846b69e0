"""Lines that tell in a sentence which district's communes follow."""

from __future__ import annotations

import re
from typing import Final

from dvctt.lib import names

_OF_DISTRICT: Final = re.compile(
    r"(?:[ivxlc\d]+\s*[.)]\s*)?(?:trên\s+)?"
    r"(?:địa bàn|(?:các|cấp|khối|nhóm|danh sách|đơn vị)\s.*?\s(?:địa bàn|thuộc|của))\s+"
    r"(?=(?:(?:ubnd|ủy ban nhân dân)\s+)?(?:(?:huyện|quận|thị xã|thành phố)\s|(?:h|tx|tp)\.))",
    re.IGNORECASE,
)


def named_district(line: str) -> str:
    """Return "huyện Ba Tơ" for "Các xã, thị trấn thuộc huyện Ba Tơ" or "Địa bàn huyện Ba Tơ", else ""."""
    name = names.settle_tones(names.nfc(line))
    match = _OF_DISTRICT.match(name)
    return name[match.end() :] if match else ""
