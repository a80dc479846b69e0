"""Load the indicators of the five documents and the calendar of deadlines; loading twice changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from documents.services import DocumentsUnreadable
from indicators import services


class Command(BaseCommand):
    help = "Nạp danh mục chỉ tiêu, văn bản làm căn cứ, lịch hạn nộp và các bước nhắc (nạp lại không đổi gì)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = settings.FIXTURES_DIR / "catalogue"
        parser.add_argument("--indicators", type=Path, default=folder / "indicators.csv")
        parser.add_argument("--documents", type=Path, default=folder / "documents.csv")
        parser.add_argument("--calendar", type=Path, default=folder / "calendar.csv")
        parser.add_argument("--holidays", type=Path, default=folder / "holidays.csv")
        parser.add_argument("--reminders", type=Path, default=folder / "reminders.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = services.load_catalogue(
                indicators=options["indicators"], documents=options["documents"]
            )
            days = services.load_calendar(
                rules=options["calendar"], holidays=options["holidays"], reminders=options["reminders"]
            )
        except (services.CatalogueUnreadable, DocumentsUnreadable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Danh mục: {written} chỉ tiêu và văn bản mới hoặc thay đổi; lịch: {days} dòng mới."
        )
