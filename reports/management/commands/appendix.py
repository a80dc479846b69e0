"""Write an official appendix: manage.py appendix qninh-pl3 -o phu-luc.xlsx

Of any plan: manage.py appendix phieu --plan quang-ninh-2023 --unit "Phường Hà Tu" -o phieu.xlsx
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import appendices, exports
from targets import selectors as target_selectors
from units import selectors as unit_selectors


class Command(BaseCommand):
    help = "Xuất phụ lục theo thể thức văn bản hành chính ra tệp Excel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = ", ".join([*appendices.FORMS, *appendices.PLAN_FORMS])
        parser.add_argument("code", metavar="MÃ", help=f"{known} (từ danh-muc: cần --plan)")
        parser.add_argument("--province", default="", help='tên tỉnh, ví dụ "Tỉnh Quảng Ninh"')
        parser.add_argument("--period", default="", help="mã kỳ, ví dụ 2023-Q1")
        parser.add_argument("--document", default="", help="mã hoặc số văn bản ban hành")
        parser.add_argument("--plan", default="", help="mã kế hoạch giao chỉ tiêu")
        parser.add_argument(
            "--unit", default="", help='đơn vị của phiếu, ví dụ "Phường Hà Tu, Thành phố Hạ Long"'
        )
        parser.add_argument("--indicator", default="", help="mã chỉ tiêu của giao-chi-tieu, ví dụ HSTT")
        parser.add_argument("-o", "--output", required=True, type=Path, help="tệp .xlsx sẽ ghi")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            appendix = self._appendix(options)
        except (
            appendices.AppendixRefused,
            target_selectors.PlanUnknown,
            unit_selectors.UnitUnknown,
            unit_selectors.UnitAmbiguous,
        ) as refused:
            raise CommandError(str(refused)) from refused
        content = exports.appendix_workbook(appendix=appendix)
        try:
            options["output"].write_bytes(content)
        except OSError as error:
            raise CommandError(f"Không ghi được tệp “{options['output']}”; hãy kiểm tra thư mục.") from error
        rows = sum(1 for table in appendix.tables for row in table.rows if not row.is_group)
        self.stdout.write(f"Đã ghi {options['output']}: {len(appendix.tables)} bảng, {rows} dòng.")

    def _appendix(self, options: dict[str, Any]) -> appendices.Appendix:
        if options["code"] not in appendices.PLAN_FORMS:
            request = appendices.Request(
                province=options["province"],
                period=options["period"],
                document=options["document"],
                plan=options["plan"],
            )
            return appendices.appendix(code=options["code"], request=request)
        if not options["plan"]:
            raise CommandError(f"Phụ lục “{options['code']}” cần --plan MÃ_KẾ_HOẠCH.")
        plan = target_selectors.plan_by_code(options["plan"])
        unit = None
        if options["unit"]:
            unit = unit_selectors.unit_by_full_name(
                full_name=options["unit"], on=plan.units_on, within=plan.owner
            )
        return appendices.plan_appendix(
            kind=options["code"],
            plan=plan,
            request=appendices.PlanRequest(indicator=options["indicator"], unit_id=unit.pk if unit else None),
        )
