"""Giao chỉ tiêu theo quy tắc của một kế hoạch."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from dvctt.commands import JsonCommand
from targets import selectors, services
from targets.models import Plan, PlanState


class Command(JsonCommand):
    help = (
        "Giao chỉ tiêu cho từng đơn vị theo quy tắc của kế hoạch, so với chỉ tiêu văn bản đã in và liệt kê "
        "đơn vị chưa giao được. Kế hoạch đã ban hành chỉ được đọc lại, không tính lại."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="KẾ_HOẠCH", help="mã kế hoạch, ví dụ quang-ninh-2023")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON ra đầu ra chuẩn")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = selectors.plan_by_code(options["plan"])
            if plan.state == PlanState.DRAFT:
                services.assign_targets(plan=plan, at=timezone.now())
        except (selectors.PlanUnknown, services.PlanIssued, services.RulesTie) as error:
            if not options["json"]:
                raise CommandError(str(error)) from error
            self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False))
            raise SystemExit(1) from error
        report = selectors.report(plan=plan)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(plan, report)

    def _tell(self, plan: Plan, report: dict[str, Any]) -> None:
        assigned = report["assignments"]
        kept = sum(1 for one in assigned if one["maintain"])
        self.stdout.write(
            f"{plan.name}: giao {len(assigned)} chỉ tiêu, trong đó {kept} duy trì kết quả đạt được."
        )
        self.stdout.write(f"Khác văn bản đã in: {len(report['differences'])}.")
        for one in report["differences"]:
            self.stdout.write(f"  {one['unit']}, {one['parent']}: {one['reason']}")
        self.stdout.write(f"Chưa giao được: {len(report['uncovered'])} đơn vị.")
