"""The papers that any plan has, by code: what each is called and who builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from reports.appendices.content import Appendix, AppendixUnknown
from reports.appendices.plan_catalogue import catalogue_of_targets
from reports.appendices.plan_province import targets_by_level
from reports.appendices.plan_slips import slip_of_unit, slips_below
from reports.appendices.plan_units import targets_of_units
from reports.appendices.plan_words import chosen_part, open_book
from reports.selectors.plan_book import PlanBook
from targets.models import Plan


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a person may choose: an indicator's code, a unit; empty means the plan's first, its owner."""

    indicator: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlanForm:
    code: str
    name: str
    about: str
    build: Callable[[PlanBook, PlanRequest], Appendix]


CATALOGUE: Final = "danh-muc"
BY_LEVEL: Final = "cap-tinh"
BY_UNIT: Final = "giao-chi-tieu"
SLIP: Final = "phieu"
SLIPS: Final = "phieu-cap-duoi"

PLAN_FORMS: Final = {
    form.code: form
    for form in [
        PlanForm(
            CATALOGUE,
            "Danh mục chỉ tiêu",
            "chỉ tiêu, mức Trung ương giao, quy tắc, đối tượng, đơn vị chủ trì",
            lambda book, request: catalogue_of_targets(book),
        ),
        PlanForm(
            BY_LEVEL,
            "Chỉ tiêu cấp tỉnh",
            "kết quả chung, mức Trung ương giao, mức giao theo từng cấp",
            lambda book, request: targets_by_level(book),
        ),
        PlanForm(
            BY_UNIT,
            "Giao chỉ tiêu cho từng đơn vị",
            "số gốc, mức giao hoặc “Duy trì kết quả đạt được”, theo cấp và địa bàn",
            lambda book, request: targets_of_units(book, chosen_part(book, request.indicator)),
        ),
        PlanForm(
            SLIP,
            "Phiếu giao chỉ tiêu",
            "mọi chỉ tiêu của một đơn vị, kèm cách xác định",
            lambda book, request: slip_of_unit(book, _unit(book, request)),
        ),
        PlanForm(
            SLIPS,
            "Phiếu giao chỉ tiêu của các đơn vị cấp dưới",
            "mỗi đơn vị một trang tính, có danh sách ở đầu",
            lambda book, request: slips_below(book, _unit(book, request)),
        ),
    ]
}


def _unit(book: PlanBook, request: PlanRequest) -> int:
    unit_id = book.plan.owner_id if request.unit_id is None else request.unit_id
    if unit_id not in book.names:
        raise AppendixUnknown(
            f"Đơn vị không có trong danh mục đơn vị của kế hoạch “{book.plan.name}”; hãy chọn đơn vị khác."
        )
    return unit_id


def plan_appendix(*, kind: str, plan: Plan, request: PlanRequest | None = None) -> Appendix:
    """Return the content of a paper of the plan.

    Raises AppendixUnknown for a kind, unit or indicator that there is not, AppendixRefused for what cannot be
    made yet; messages in Vietnamese. Who may see the plan is the caller's to ask.
    """
    form = PLAN_FORMS.get(kind)
    if form is None:
        raise AppendixUnknown(f"Không có phụ lục “{kind[:40]}”. Các phụ lục có: {', '.join(PLAN_FORMS)}.")
    return form.build(open_book(plan), request or PlanRequest())
