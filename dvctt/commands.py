"""What the commands with --json share: one object on standard output, whatever happens."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandError


class JsonCommand(BaseCommand):
    """A command whose --json holds for a mistyped command line too, which argparse would answer itself."""

    def run_from_argv(self, argv: list[str]) -> None:
        if "--json" in argv[2:]:
            try:
                self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
            except CommandError as error:
                words = f"Dòng lệnh thiếu hoặc sai tuỳ chọn; cách dùng: manage.py {argv[1]} --help."
                self.stdout.write(json.dumps({"error": words}, ensure_ascii=False))
                raise SystemExit(1) from error
        super().run_from_argv(argv)
