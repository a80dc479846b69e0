"""The web process is killed while cells are being saved: what the page called saved is there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright

from tests import services
from tests.browser.conftest import ROOT, demo_environment
from tests.browser.people import PASSWORD

AFTER = (0.4, 0.9)
"""Seconds after the first saved cell at which the process dies: early and well under way."""
MOST = 2_000
"""Saves that are tried at the most, so that a process that would not die ends the test."""


def serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "dvctt.wsgi"],
            cwd=ROOT, env=demo_environment(folder), stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    services.wait_for_port(port, process=process)
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize("seconds", AFTER)
def test_what_was_told_as_saved_outlives_the_process(
    loaded_demo: Path, tmp_path: Path, playwright: Playwright, seconds: float
) -> None:
    folder = shutil.copytree(loaded_demo, tmp_path / "site")
    port = services.free_port()
    process = serve(folder, port)
    browser = playwright.request.new_context(base_url=f"http://127.0.0.1:{port}")
    token = hidden(browser.get("/tai-khoan/dang-nhap/").text(), "csrfmiddlewaretoken")
    browser.post(
        "/tai-khoan/dang-nhap/",
        form={"csrfmiddlewaretoken": token, "username": "huyen", "password": PASSWORD},
    )
    address = re.search(r'href="(/so-lieu/nhap/\d+/2023-Q4/)"', browser.get("/so-lieu/").text())
    assert address is not None
    html = browser.get(address[1]).text()
    row = re.search(r'name="was-(\d+)" value="([^"]*)"', html)
    assert row is not None
    key, was, token = row[1], row[2], hidden(html, "csrfmiddlewaretoken")
    saved = tried = 0
    killer = threading.Timer(seconds, kill, [process])
    try:
        for tried in range(1, MOST):
            fields = {f"n-{key}": str(tried), f"d-{key}": "5000", f"s-{key}": "number", f"was-{key}": was}
            answer = browser.post(
                f"{address[1]}o/", form=fields, headers={"X-CSRFToken": token}, timeout=5000
            )
            told = answer.json()["rows"][key]
            assert told["fate"] == "saved"
            saved, was = tried, told["was"]
            if tried == 1:
                killer.start()
    except Error:
        pass  # the line broke with the process
    finally:
        if saved:
            killer.join()
    assert 0 < saved < MOST - 1

    # On a port of its own: connections kept open died with the first process.
    port = services.free_port()
    process = serve(folder, port)
    again = playwright.request.new_context(
        base_url=f"http://127.0.0.1:{port}", storage_state=browser.storage_state()
    )
    try:
        html = again.get(address[1]).text()
        stands = re.search(rf'id="n-{key}"[^>]* value="([\d.]*)"', html)
        assert stands is not None
        # The one whose answer was lost may have come through; nothing that was told may be missing.
        assert int(stands[1].replace(".", "")) in {saved, tried}
    finally:
        kill(process)
        again.dispose()
        browser.dispose()
