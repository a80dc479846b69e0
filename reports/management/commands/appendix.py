"""Write an official appendix: manage.py appendix qninh-pl3 -o phu-luc.xlsx"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import appendices, exports


class Command(BaseCommand):
    help = "Xuất phụ lục theo thể thức văn bản hành chính ra tệp Excel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="MÃ", help=", ".join(appendices.FORMS))
        parser.add_argument("--province", default="", help='tên tỉnh, ví dụ "Tỉnh Quảng Ninh"')
        parser.add_argument("--period", default="", help="mã kỳ, ví dụ 2023-Q1")
        parser.add_argument("--document", default="", help="mã hoặc số văn bản ban hành")
        parser.add_argument("--plan", default="", help="mã kế hoạch giao chỉ tiêu")
        parser.add_argument("-o", "--output", required=True, type=Path, help="tệp .xlsx sẽ ghi")

    def handle(self, *args: Any, **options: Any) -> None:
        request = appendices.Request(
            province=options["province"],
            period=options["period"],
            document=options["document"],
            plan=options["plan"],
        )
        try:
            appendix = appendices.appendix(code=options["code"], request=request)
        except appendices.AppendixRefused as refused:
            raise CommandError(str(refused)) from refused
        content = exports.appendix_workbook(appendix=appendix)
        try:
            options["output"].write_bytes(content)
        except OSError as error:
            raise CommandError(f"Không ghi được tệp “{options['output']}”; hãy kiểm tra thư mục.") from error
        rows = sum(1 for table in appendix.tables for row in table.rows if not row.is_group)
        self.stdout.write(f"Đã ghi {options['output']}: {len(appendix.tables)} bảng, {rows} đơn vị.")
