"""Nạp một kế hoạch giao chỉ tiêu từ tệp JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators import services as indicator_services
from targets import selectors, services


class Command(BaseCommand):
    help = (
        "Nạp kế hoạch giao chỉ tiêu từ tệp JSON (dạng tệp: docs/ke-hoach-json.md). Nạp lại cùng nội dung "
        "không thay đổi gì; nội dung khác thay quy tắc của bản nháp, sau đó chạy assign_targets."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="TỆP", help="tệp .json")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        indicator_services.ensure_catalogue()
        try:
            plan = services.load_plan(definition=json.loads(path.read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise CommandError(f"Không đọc được tệp “{path}”; hãy kiểm tra đường dẫn.") from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise CommandError(f"Tệp “{path}” không phải là JSON (UTF-8): {error}.") from error
        except services.PlanRefused as refused:
            slips = "\n".join(f"  - {problem}" for problem in refused.problems)
            raise CommandError(f"Tệp “{path}” có {len(refused.problems)} lỗi:\n{slips}") from refused
        except services.PlanIssued as error:
            raise CommandError(str(error)) from error
        document = f", {plan.document.number}" if plan.document else ""
        self.stdout.write(f"Kế hoạch “{plan.name}” ({plan.code}, năm {plan.year}{document}).")
        self.stdout.write(
            f"  Số gốc: {selectors.baseline_label(plan)}; {plan.rules.count()} quy tắc; "
            f"đã giao {plan.assignments.count()} chỉ tiêu."
        )
