"""What is in force, in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from dvctt.lib.numbers import vi_date, vi_number
from reports.selectors.catalogue import CatalogueState
from units.catalogue_selectors import TreeState


@dataclass(frozen=True, slots=True)
class HubWords:
    units: str
    aliases: str
    indicators: str
    periods: str


def hub_words(tree: TreeState, rest: CatalogueState) -> HubWords:
    """Return what the hub says of each part."""
    units = f"{vi_number(tree.units)} đơn vị trong cây hôm nay"
    if tree.since is not None:
        units += f"; thay đổi gần nhất có hiệu lực từ {vi_date(tree.since)}"
    aliases = f"{vi_number(tree.aliases)} cách viết trong tệp được hiểu thay tên chính thức"
    if tree.alias_at is not None:
        aliases += f"; ghi nhận gần nhất ngày {vi_date(timezone.localdate(tree.alias_at))}"
    indicators = f"{vi_number(rest.indicators)} chỉ tiêu"
    if rest.changed_at is None:
        indicators += " như danh mục đã nạp, chưa ai sửa"
    else:
        indicators += f"; Văn phòng sửa gần nhất ngày {vi_date(timezone.localdate(rest.changed_at))}"
    if rest.open_periods:
        periods = f"Đang thu số liệu {', '.join(one.label for one in rest.open_periods)}"
    else:
        periods = "Không kỳ nào đang thu số liệu"
    if rest.rules_since is not None:
        periods += f"; quy định hạn nộp mới nhất áp dụng từ {vi_date(rest.rules_since)}"
    return HubWords(f"{units}.", f"{aliases}.", f"{indicators}.", f"{periods}.")
