"""Nạp một tệp bảng tính đã công bố vào số liệu."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from dvctt.commands import JsonCommand
from dvctt.lib import numbers, sheets
from imports import selectors, services
from imports.models import Batch
from imports.services import ImportOptions, Resolution
from indicators.models import Source
from indicators.rules import FigureRefused, IndicatorUnknown
from units.services import UnitError

SYSTEM_USER: Final = "he-thong"
RESOLVE_COLUMNS: Final = ("sheet", "row", "printed", "parent", "unit")


class ImportFailed(Exception):
    """What ends the command; str() is Vietnamese."""


def system_user() -> User:
    """Return the account in whose name commands write; it cannot log in."""
    user = User.objects.filter(username=SYSTEM_USER).first()
    if user is None:
        user = User(username=SYSTEM_USER, full_name="Hệ thống", is_active=False)
        user.set_unusable_password()
        user.save()
    return user


class Command(JsonCommand):
    help = (
        "Nạp một tệp bảng tính (số liệu công bố). Kỳ, tỉnh, văn bản, ngày trích xuất đọc từ tệp; tuỳ chọn "
        "chỉ cần khi tệp không ghi và không được trái với tệp. Nạp lại cùng một tệp không thay đổi gì."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx, .xls, .ods, .csv …")
        parser.add_argument("--province", default="", metavar="TỈNH", help='ví dụ "Tỉnh Quảng Ninh"')
        parser.add_argument(
            "--period", default="", metavar="KỲ", help="ví dụ 2023-Q1, 2023-Q1-bc, 2023-den-08-23"
        )
        parser.add_argument(
            "--source",
            default="",
            metavar="NGUỒN",
            help=f"một trong {', '.join(Source.values)}; mặc định theo tiêu đề của tệp",
        )
        parser.add_argument(
            "--extracted-on", default="", metavar="NGÀY", help="ngày trích xuất, dạng 2023-07-17"
        )
        parser.add_argument(
            "--accept-swaps",
            action="store_true",
            help="đồng ý đổi chỗ hai cột số lượng ở các dòng mà tỷ lệ in xác nhận là bị đổi chỗ",
        )
        parser.add_argument(
            "--create-units",
            action="store_true",
            help="tạo đơn vị cho các dòng không giống đơn vị nào đã có (kể cả một tỉnh chưa có trong cây)",
        )
        parser.add_argument(
            "--resolve",
            type=Path,
            metavar="TỆP",
            help=(
                "tên do người quyết định: tệp CSV có các cột sheet,row,printed,parent,unit (unit là tên đầy "
                "đủ; có sheet và row thì chỉ dòng đó, không thì mọi dòng in như printed trong parent), hoặc "
                "tệp .json là danh sách các đối tượng cùng khoá. Mỗi lựa chọn được nhớ làm tên gọi khác của "
                "nguồn này"
            ),
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem sẽ ghi gì, không ghi")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON ra đầu ra chuẩn")
        parser.add_argument(
            "--by", default=SYSTEM_USER, metavar="TÀI KHOẢN", help=f"người ghi, mặc định {SYSTEM_USER}"
        )
        parser.add_argument("--reason", default="", metavar="LÝ DO", help="lý do, ghi vào lịch sử số liệu")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self._import(options)
        except (
            ImportFailed,
            sheets.FileRefused,
            services.ImportRefused,
            services.BatchNotReady,
            services.PreviewOutdated,
            IndicatorUnknown,
            FigureRefused,
            UnitError,
        ) as error:
            if not options["json"]:
                raise CommandError(str(error)) from error
            self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False))
            raise SystemExit(1) from error
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self._tell(answer)

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise ImportFailed(f"Không có tệp “{path}”.")
        chosen = self._chosen(options)
        at = timezone.now()
        batch: Batch | None = None
        keep = False
        try:
            # One transaction for all: a refused file leaves nothing behind, not even its batch.
            with transaction.atomic():
                by = self._user(options["by"])
                batch = services.receive_file(
                    content=path.read_bytes(), filename=path.name, by=by, at=at, options=chosen
                )
                created = (
                    services.create_missing_units(batch=batch, by=by, at=at) if chosen.create_units else 0
                )
                services.read_batch(batch_id=batch.pk, at=at)
                batch = Batch.objects.get(pk=batch.pk)
                earlier = selectors.earlier_commit(batch=batch)
                answer, keep = self._settle(batch, by, at, options, earlier)
                answer["created_units"] = created
                if not keep:
                    transaction.set_rollback(True)
        finally:
            if batch is not None and not keep:
                batch.file.delete(save=False)
        return answer

    def _settle(
        self, batch: Batch, by: User, at: datetime, options: dict[str, Any], earlier: Batch | None
    ) -> tuple[dict[str, Any], bool]:
        """Write, or not; return the report and whether anything is kept."""
        answer = services.report(batch=batch)
        said = {}
        if earlier is not None and earlier.committed_at is not None:
            when = numbers.vi_date(timezone.localdate(earlier.committed_at))
            said = {"message": f"Tệp này đã nạp ngày {when} bởi {earlier.committed_by}."}
        nothing_new = not answer["new"] + answer["changed"] + answer["published_targets"]["new"]
        if options["dry_run"]:
            return answer | said | {"dry_run": True}, False
        if earlier is not None and nothing_new:
            return answer | said | {"batch": earlier.pk}, False
        batch = services.commit_batch(batch_id=batch.pk, by=by, at=at, reason=options["reason"])
        return services.report(batch=batch) | said, True

    @staticmethod
    def _user(username: str) -> User:
        if username == SYSTEM_USER:
            return system_user()
        user = User.objects.filter(username=username).first()
        if user is None:
            raise ImportFailed(f"Không có tài khoản “{username}”.")
        return user

    def _chosen(self, options: dict[str, Any]) -> ImportOptions:
        if options["source"] and options["source"] not in Source.values:
            raise ImportFailed(
                f"Không có nguồn “{options['source']}”; các nguồn là {', '.join(Source.values)}."
            )
        try:
            day = date.fromisoformat(options["extracted_on"]) if options["extracted_on"] else None
        except ValueError as error:
            raise ImportFailed("Ngày trích xuất phải có dạng năm-tháng-ngày, ví dụ 2023-07-17.") from error
        return ImportOptions(
            province=options["province"],
            period=options["period"],
            source=options["source"],
            extracted_on=day,
            accept_swaps=options["accept_swaps"],
            create_units=options["create_units"],
            resolutions=_resolutions(options["resolve"]) if options["resolve"] else (),
        )

    def _tell(self, answer: dict[str, Any]) -> None:
        write = self.stdout.write
        for problem in answer["problems"]:
            where = problem["sheet"] + (f", dòng {problem['row']}" if problem["row"] else "")
            write(f"[{problem['severity']}] {where}: {problem['message']}")
        if message := answer.get("message"):
            write(message)
        write(
            f"{answer['file']}: {answer['period']}, mẫu {answer['layout']}; {answer['rows']} dòng đơn vị, "
            f"khớp {answer['matched']}, không ghi được {answer['refused']}."
        )
        targets = answer["published_targets"]
        write(
            f"Số liệu: mới {answer['new']}, thay đổi {answer['changed']}, không đổi {answer['unchanged']}, "
            f"đã ghi {answer['written']}. Chỉ tiêu in trong tệp: mới {targets.get('new', 0)}, "
            f"đã ghi {targets['written']}."
        )
        if answer.get("dry_run"):
            write("Xem thử: chưa ghi gì vào hệ thống.")


def _lines(text: str) -> list[dict[str, str]]:
    """Rows of a CSV; Excel set to Vietnamese writes semicolons."""
    lines = text.splitlines()
    semicolons = bool(lines) and ";" in lines[0] and "," not in lines[0]
    return list(csv.DictReader(lines, delimiter=";" if semicolons else ","))


def _resolutions(path: Path) -> tuple[Resolution, ...]:
    if not path.is_file():
        raise ImportFailed(f"Không có tệp “{path}”.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        is_json = path.suffix.lower() == ".json"
        entries = json.loads(text) if is_json else _lines(text)
    except ValueError as error:
        raise ImportFailed(f"Không đọc được tệp “{path.name}”: cần CSV hoặc JSON mã UTF-8.") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ImportFailed(f"Tệp “{path.name}” phải là một danh sách các dòng {', '.join(RESOLVE_COLUMNS)}.")
    found = []
    for number, entry in enumerate(entries, start=1):
        fields = {name: str(entry.get(name) or "").strip() for name in RESOLVE_COLUMNS}
        row = fields["row"]
        if (
            not fields["unit"]
            or (row and not row.isdigit())
            or not (fields["printed"] or (row and fields["sheet"]))
        ):
            raise ImportFailed(
                f"Tệp “{path.name}”, mục {number}: cần unit, và printed hoặc cả sheet và row (số dòng)."
            )
        found.append(
            Resolution(
                unit=fields["unit"],
                printed=fields["printed"],
                sheet=fields["sheet"],
                row=int(row) if row else None,
                parent=fields["parent"],
            )
        )
    return tuple(found)
