"""Asking for a page as one of the people, and seeing whether anything was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.db import connection, transaction
from django.test import Client

from tests.security.pages import ANONYMOUS, Page
from tests.security.scene import Scene

WRITING = ("INSERT", "UPDATE", "DELETE", "COPY")
OWN_BUSINESS = ("django_session",)
"""Tables that a request may touch whatever it asks for: the session moves its own row."""


def client_of(scene: Scene, person: str, **options: Any) -> Client:
    client = Client(**options)
    if person != ANONYMOUS:
        client.force_login(scene.people[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the statements of the block that change a table, the session's own aside."""
    found: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql).lstrip()
        if text.upper().startswith(WRITING) and not any(table in text for table in OWN_BUSINESS):
            found.append(text[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def ask(client: Client, scene: Scene, page: Page, place: str, method: str) -> tuple[Any, list[str]]:
    """Return the answer and what it wrote; all of that, and what the question needed, is taken back again."""
    with transaction.atomic():
        address = page.url(scene, place)
        data = page.query(scene, place) if method == "GET" else page.data(scene, place)
        with writes() as written:
            answer: Any = client.get(address, data) if method == "GET" else client.post(address, data)
            answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer, written


def body_of(answer: Any) -> str:
    """Return what was sent, as text; of a workbook the text of its parts."""
    body: bytes = answer.body
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as book:
            body = b"\n".join(book.read(part) for part in book.namelist() if part.endswith(".xml"))
    return body.decode("utf-8", errors="replace")
