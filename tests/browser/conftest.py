"""The demonstration as a newcomer gets it: its own database, one real web process with the worker inside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from tests import services
from tests.browser.people import log_in

ROOT = Path(__file__).resolve().parents[2]


def demo_environment(folder: Path) -> dict[str, str]:
    ours = ("DJANGO_", "DATABASE_URL", "REDIS_URL", "CELERY_", "MEDIA_ROOT", "TEST_DATABASE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "dvctt.settings",
        "DJANGO_SECRET_KEY": "k" * 60,
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
    }


@pytest.fixture(scope="session")
def loaded_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration's database, made once; sites are served from copies of it."""
    folder = tmp_path_factory.mktemp("demo")
    for command in (["migrate", "--noinput", "--verbosity", "0"], ["load_demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=demo_environment(folder),
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder


@pytest.fixture(scope="module")
def site(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of this module's own."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(loaded_demo, folder, dirs_exist_ok=True)
    port = services.free_port()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "dvctt.wsgi"],
            cwd=ROOT,
            env=demo_environment(folder),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            services.wait_for_port(port, process=process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], site: str) -> dict[str, Any]:
    return {**browser_context_args, "base_url": site}


@dataclass
class Witness:
    """What the pages of a test asked for and complained of."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"}:
            self.hosts.add(parts.netloc)


REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (e) => console.error("CSP: " + e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile));
"""


@pytest.fixture
def witness(context: BrowserContext, site: str) -> Iterator[Witness]:
    """Fail the test when a page broke the policy, threw, or asked another host for anything."""
    seen = Witness()
    context.add_init_script(REPORT_VIOLATIONS)
    context.on("request", seen.request)
    context.on("weberror", lambda error: seen.complaints.append(str(error.error)))

    def listen(page: Page) -> None:
        page.on(
            "console",
            lambda message: (
                seen.complaints.append(message.text)
                if message.type == "error" and ("CSP" in message.text or "Content Security" in message.text)
                else None
            ),
        )

    context.on("page", listen)
    yield seen
    assert seen.complaints == []
    assert seen.hosts <= {urlsplit(site).netloc}


@pytest.fixture
def office(witness: Witness, page: Page) -> Page:
    return log_in(page, "vanphong")
