"""Pages of every component on made-up figures, served under the product's own policy, without a database."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.template import engines

PAGES = Path(__file__).parent / "pages"
STATIC = Path(settings.BASE_DIR) / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
NAMES = (
    "Uông Bí",
    "Cô Tô",
    "Đông Triều",
    "Hạ Long",
    "Ba Chẽ",
    "Vân Đồn",
    "Móng Cái",
    "Tiên Yên",
    "Bình Liêu",
)
SHORT_OF_TARGET = ("Hải Hà", "Quảng Yên", "Cẩm Phả", "Đầm Hà")


@dataclass(frozen=True)
class Row:
    rank: int
    unit: str
    numerator: int
    denominator: int
    value: Decimal
    target: Decimal | None
    gap: int | None
    change: int | None
    status: str


@dataclass(frozen=True)
class Person:
    name: str = "Nguyễn Thị Hồng"
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name


class UploadForm(forms.Form):
    file = forms.FileField(label="Tệp số liệu", help_text="Tệp .xlsx, .xls hoặc .csv, không quá 20 MB.")
    period = forms.ChoiceField(label="Kỳ", choices=[("2023-Q1", "Quý I/2023")])
    reason = forms.CharField(label="Lý do", widget=forms.Textarea, required=False)
    scope = forms.ChoiceField(
        label="Phạm vi",
        choices=[("own", "Số của chính đơn vị"), ("area", "Số toàn địa bàn")],
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(label="Tôi đã đối chiếu với bản đã công bố")


def league_rows(count: int) -> list[Row]:
    rows = []
    for place in range(count):
        value = Decimal("99.50") - Decimal(place) * Decimal("34.2") / count
        names = SHORT_OF_TARGET if value < 90 else NAMES
        status = "maintain" if value > 97 else "met" if value >= 90 else "near"
        if value < Decimal("85.5"):
            status = "behind" if value > 72 else "far"
        rows.append(
            Row(
                rank=place + 1,
                unit=f"UBND phường {names[place % len(names)]} {place + 1}",
                numerator=int(value * 80),
                denominator=8000,
                value=value,
                target=None if value > 97 else Decimal(90),
                gap=int((90 - value) * 80) if value < 90 else None,
                change=(None, 2, -1, 0, 12, -33)[place % 6],
                status=status,
            )
        )
    return rows


def context(**more: Any) -> dict[str, Any]:
    return {
        "user": Person(),
        "place_name": "UBND tỉnh Quảng Ninh",
        "perms_menu": {"imports": True},
        "help_url": "/tro-giup/",
        **CALL,
        "today": date(2023, 8, 24),
        "messages": [],
        "csrf_token": "a" * 64,
        "menu": "home",
    } | more


CALL = {"support_contact": "điện thoại 0203 3838 000"}


def contexts() -> dict[str, dict[str, Any]]:
    bad = UploadForm({"period": "", "reason": ""})
    refused = AuthenticationForm(None, {"username": "", "password": ""})
    visitor = context(user=Person(is_authenticated=False), place_name="", menu="", next="/")
    return {
        "league": context(menu="league", rows=league_rows(13)),
        "league300": context(menu="league", rows=league_rows(300)),
        "leader": context(rows=league_rows(13)[-5:]),
        "entry": context(menu="submissions"),
        "upload": context(menu="import_list", form=bad, steps=STEPS),
        "preview": context(menu="import_list", steps=STEPS),
        "progress": context(menu="import_list", steps=STEPS),
        "lists": context(
            menu="unit_tree",
            moment=datetime(2023, 8, 24, 3, 32, tzinfo=UTC),
            messages=[{"level_tag": "success", "message": "Đã ghi 2.902 số liệu."}],
        ),
        "login": visitor | {"form": AuthenticationForm(None)},
        "login-refused": visitor | {"form": refused},
    }


STEPS = ["Tải tệp", "Nhận dạng", "Khớp đơn vị", "Kiểm tra", "Xem thay đổi", "Ghi"]
FILES = {
    "league300": "league",
    "login": "registration/login.html",
    "login-refused": "registration/login.html",
}
ALONE = ("400", "403", "403_csrf", "404", "413", "500", "axes/lockout")


class Message(dict[str, str]):
    def __str__(self) -> str:
        return self["message"]


def render(name: str, given: dict[str, Any]) -> str:
    engine = engines["django"]
    given = given | {"messages": [Message(message) for message in given["messages"]]}
    file = FILES.get(name, name)
    if file.endswith(".html"):
        return engine.get_template(file).render(given)
    return engine.from_string((PAGES / f"{file}.html").read_text(encoding="utf-8")).render(given)


def pages() -> dict[str, str]:
    made = {f"/{name}": render(name, given) for name, given in contexts().items()}
    return made | {f"/{name}": engines["django"].get_template(f"{name}.html").render(CALL) for name in ALONE}


FIGURE = {
    "data": [
        {
            "type": "bar",
            "x": ["50–60", "60–70", "70–80", "80–90", "90–100"],
            "y": [1, 3, 12, 40, 1185],
            "marker": {"color": "#0b4a8b"},
        }
    ],
    "layout": {"yaxis": {"title": {"text": "Số đơn vị"}}, "xaxis": {"title": {"text": "Tỷ lệ, %"}}},
}


@contextlib.contextmanager
def serve(policy: str | None = None) -> Iterator[str]:
    """Serve the gallery on this machine and give its address; ends with the block."""
    ready = pages()
    header = policy or build_policy()
    asked = {"count": 0}

    def progress() -> dict[str, Any]:
        asked["count"] += 1
        done = asked["count"] >= 4
        return {
            "state": "done" if done else "running",
            "percent": min(asked["count"] * 25, 100),
            "message": f"Đã kiểm tra {asked['count'] * 60} trong 241 dòng",
            "done_url": "/lists" if done else None,
        }

    answers: dict[str, Callable[[], dict[str, Any]]] = {
        "/progress.json": progress,
        "/figure.json": lambda: FIGURE,
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path in answers:
                self._answer(json.dumps(answers[path]()).encode(), "application/json")
            elif path in ready:
                self._answer(ready[path].encode(), "text/html; charset=utf-8")
            elif path.startswith("/static/") and (STATIC / path[8:]).is_file():
                self._answer((STATIC / path[8:]).read_bytes(), KINDS.get(Path(path).suffix, "text/plain"))
            else:
                self._answer(b"", "text/plain", status=404)

        def _answer(self, body: bytes, kind: str, *, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", header)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
