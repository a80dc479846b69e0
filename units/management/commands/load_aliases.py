"""Ghi nhận các cách viết tên đơn vị đã được người xem xét."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from units import services


class Command(BaseCommand):
    help = (
        "Ghi nhận các cách viết tên đơn vị trong một tệp csv (province,parent,printed,unit,source,evidence; "
        "mặc định fixtures/aliases.csv). Nạp lại không thay đổi gì; tỉnh chưa nạp thì bỏ qua."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=settings.FIXTURES_DIR / "aliases.csv", metavar="TỆP"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = services.load_aliases(path=options["path"], by=None)
        except (services.UnitError, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã ghi nhận {added} cách viết mới.")
