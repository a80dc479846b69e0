"""Nạp các kế hoạch của danh mục chỉ tiêu mà văn bản đề ra."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators import services as indicator_services
from targets import services


class Command(BaseCommand):
    help = (
        "Nạp chỉ tiêu mà các văn bản đề ra thành kế hoạch của từng văn bản, từng năm: mỗi dòng một quy tắc. "
        "Nạp lại không thay đổi gì; sau đó chạy assign_targets. Tỉnh chưa có trong cây đơn vị thì bỏ qua, "
        "có thông báo."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        folder = settings.FIXTURES_DIR / "catalogue"
        parser.add_argument(
            "--targets", type=Path, default=folder / "targets.csv", metavar="TỆP", help="các chỉ tiêu, .csv"
        )
        parser.add_argument(
            "--plans", type=Path, default=folder / "plans.json", metavar="TỆP", help="các kế hoạch, .json"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        indicator_services.ensure_catalogue()
        try:
            loaded = services.load_targets(targets=options["targets"], plans=options["plans"])
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Không đọc được tệp: {error}.") from error
        except services.PlanRefused as refused:
            slips = "\n".join(f"  - {problem}" for problem in refused.problems)
            raise CommandError(f"Danh mục chỉ tiêu có {len(refused.problems)} lỗi:\n{slips}") from refused
        except services.PlanIssued as error:
            raise CommandError(str(error)) from error
        for plan in loaded.plans:
            self.stdout.write(
                f"Kế hoạch “{plan.name}” ({plan.code}): {plan.rules.count()} quy tắc; "
                f"đã giao {plan.assignments.count()} chỉ tiêu."
            )
        for code, owner in loaded.without_owner:
            bare = owner.removeprefix("Tỉnh ")
            self.stdout.write(
                f"Bỏ qua {code}: chưa có {owner} trong cây đơn vị; chạy load_units “{bare}” rồi nạp lại."
            )
