"""Hoàn tác một lần nhập tệp."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from dvctt.commands import JsonCommand
from imports import services
from imports.management.commands.import_file import system_user
from imports.models import Batch


class Command(JsonCommand):
    help = (
        "Hoàn tác một lần nhập tệp: số đã thay trở lại như trước, số mới được rút lại, lịch sử giữ nguyên. "
        "Không hoàn tác khi có ô đã được ghi sau đó."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, metavar="LẦN NHẬP", help="số của lần nhập")
        parser.add_argument("--reason", required=True, metavar="LÝ DO", help="lý do, ghi vào lịch sử số liệu")
        parser.add_argument("--by", default="", metavar="TÀI KHOẢN", help="người hoàn tác")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON ra đầu ra chuẩn")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = services.undo_batch(
                batch_id=options["batch"],
                by=self._user(options["by"]),
                at=timezone.now(),
                reason=options["reason"],
            )
        except (services.BatchNotReady, Batch.DoesNotExist, User.DoesNotExist) as error:
            self._refuse(error, options)
            return
        undone = batch.counts["undone"]
        if options["json"]:
            self.stdout.write(json.dumps({"batch": batch.pk, **undone}, ensure_ascii=False))
            return
        self.stdout.write(
            f"Đã hoàn tác lần nhập {batch.pk}: trở lại số cũ {undone['restored']} ô, "
            f"rút lại {undone['withdrawn']} ô, bỏ {undone['targets']} chỉ tiêu in."
        )

    @staticmethod
    def _user(username: str) -> User:
        return User.objects.get(username=username) if username else system_user()

    def _refuse(self, error: Exception, options: dict[str, Any]) -> None:
        said = str(error)
        if isinstance(error, Batch.DoesNotExist):
            said = f"Không có lần nhập {options['batch']}."
        elif isinstance(error, User.DoesNotExist):
            said = f"Không có tài khoản “{options['by']}”."
        cells = [
            {
                "unit": cell.unit,
                "parent": cell.parent,
                "indicator": cell.indicator,
                "since": cell.since.isoformat() if cell.since else None,
                "origin": cell.origin,
            }
            for cell in (error.cells if isinstance(error, services.UndoRefused) else ())
        ]
        if not options["json"]:
            listed = "".join(
                f"\n  {one['unit']} ({one['parent']}): {one['indicator']}, {one['origin']}"
                for one in cells[:20]
            )
            raise CommandError(said + listed) from error
        self.stdout.write(
            json.dumps({"error": said} | ({"cells": cells} if cells else {}), ensure_ascii=False)
        )
        raise SystemExit(1) from error
