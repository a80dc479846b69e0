"""Phụ lục III of Kế hoạch 269/KH-UBND, Quảng Ninh: the table of targets of any plan, for its indicator."""

from __future__ import annotations

from dataclasses import replace

from reports.appendices.content import Appendix, AppendixRefused, Form, Request
from reports.appendices.phrases import no_such_plan, settle_request
from reports.appendices.plan_units import targets_of_units
from reports.appendices.plan_words import chosen_part, open_book, reference
from targets.models import Plan

INDICATOR = "HSTT"


def quang_ninh_annex_three(form: Form, request: Request) -> Appendix:
    """Phụ lục III of Quảng Ninh's Kế hoạch 269: counts, rate, and the target or "duy trì"."""
    plan = (
        Plan.objects.filter(code=request.plan or form.plan)
        .select_related("baseline_period", "document", "owner", "parent__document")
        .first()
    )
    if plan is None:
        raise no_such_plan(request.plan or form.plan)
    request = Request(
        province=request.province,
        period=request.period or plan.baseline_period.code,
        document=request.document or (plan.document.code if plan.document else form.document),
        plan=plan.code,
    )
    province, place, period, document = settle_request(form, request)
    if province.pk != plan.owner_id:
        raise AppendixRefused(
            f"Kế hoạch “{plan.name}” chưa giao chỉ tiêu cho đơn vị nào của {place.full_name}."
        )
    if period.pk != plan.baseline_period_id:
        raise AppendixRefused(
            f"Kế hoạch “{plan.name}” lấy số gốc {plan.baseline_period.label}, không phải {period.label}; "
            "hãy bỏ phần chọn kỳ."
        )
    book = open_book(plan)
    made = targets_of_units(book, chosen_part(book, INDICATOR))
    return replace(made, code=form.code, label="PHỤ LỤC III", reference=reference(book, document=document))
