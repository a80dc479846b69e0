"""Taking a file in: what can be refused at once is refused before anything is kept."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from dvctt.lib import names, sheets
from dvctt.lib.sheets.guards import sniff
from imports.models import Batch, BatchState, Layout
from imports.rules import layouts, tables, titles
from imports.rules.fractions import settle_fractions
from imports.rules.layouts import LayoutDef
from imports.rules.tables import FileTables
from imports.rules.titles import Chosen, FileFacts
from imports.services.options import ImportOptions
from units.models import Level, UnitVersion

if TYPE_CHECKING:
    from accounts.models import User

LAYOUTS: Final = "layouts.json"
MAPPING_MESSAGE: Final = "Hệ thống chưa biết mẫu của tệp; cần một người nói mỗi cột là gì."
# Files up to this size are looked into while the person waits; larger ones by the task alone.
LOOK_AT_ONCE: Final = 512 * 1024


def load_layouts(*, path: Path | None = None) -> int:
    """Store the layouts of a JSON file under codes that are not there yet; return how many were new.

    A layout that an office has edited stays as it is. Raises LayoutInvalid.
    """
    path = path or settings.FIXTURES_DIR / LAYOUTS
    known = set(Layout.objects.values_list("code", flat=True))
    new = []
    for entry in json.loads(path.read_text(encoding="utf-8")):
        definition = {key: value for key, value in entry.items() if key not in ("code", "name")}
        layouts.read_layout(code=entry["code"], name=entry["name"], definition=definition)
        if entry["code"] not in known:
            new.append(Layout(code=entry["code"], name=entry["name"], definition=definition))
    Layout.objects.bulk_create(new)
    return len(new)


@cache
def own_layouts() -> frozenset[str]:
    """Return the codes of the layouts that the product brings along."""
    entries = json.loads((settings.FIXTURES_DIR / LAYOUTS).read_text(encoding="utf-8"))
    return frozenset(entry["code"] for entry in entries)


def known_layouts() -> list[LayoutDef]:
    """Return the stored layouts in use; those of the product that are not there yet are stored first."""
    stored = list(Layout.objects.all())
    if not own_layouts() <= {one.code for one in stored}:
        load_layouts()
        stored = list(Layout.objects.all())
    return [
        layouts.read_layout(code=one.code, name=one.name, definition=one.definition)
        for one in stored
        if one.retired_at is None
    ]


def known_provinces() -> dict[str, str]:
    """Return the full name of every province that ever stood in the tree, by the key of its name."""
    rows = UnitVersion.objects.filter(level=Level.TINH).values_list("name_key", "full_name")
    return dict(rows)


def look_into(*, content: bytes, filename: str, options: ImportOptions) -> tuple[FileTables, FileFacts]:
    """Return the tables of a file and what they say of themselves together with the person's choices.

    Raises sheets.FileRefused or ImportRefused.
    """
    workbook = sheets.read_workbook(content, filename=filename)
    found = settle_fractions(tables.read_tables(workbook.sheets, known_layouts()))
    if workbook.kind == "text":
        tables.refuse_shifted(found)
    known = known_provinces()
    facts = [titles.read_facts(sheet, known) for sheet in found.sheets]
    chosen = Chosen(options.period, options.province, options.extracted_on, options.source)
    return found, titles.settle_facts(facts, chosen, usual_source=found.layout.source)


def receive_file(
    *, content: bytes, filename: str, by: User, at: datetime, options: ImportOptions | None = None
) -> Batch:
    """Keep an uploaded file as a batch that waits to be read.

    Raises sheets.FileRefused or ImportRefused, keeping nothing, for what can be told at once: size, kind,
    and for a file of ordinary size also unknown headers, contradictions, and facts that nobody gave. With
    `may_map` a table of no known layout is kept, and waits for somebody to say what its columns are.
    """
    options = options or ImportOptions()
    filename = names.nfc(PurePath(filename).name)[:255] or "tep"
    sniff(content, filename=filename)
    state = BatchState.UPLOADED
    if len(content) <= LOOK_AT_ONCE:
        try:
            look_into(content=content, filename=filename, options=options)
        except tables.LayoutUnknown as error:
            if error.header is None or not options.may_map:
                raise
            state = BatchState.MAPPING
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        batch = Batch(
            filename=filename,
            sha256=digest,
            size=len(content),
            options=options.as_json(),
            state=state,
            message="Đang chờ đọc tệp" if state == BatchState.UPLOADED else MAPPING_MESSAGE,
            created_by=by,
            created_at=at,
        )
        # The person's own name for the file is data; on disk it has one that no system stumbles over.
        batch.file.save(f"{digest[:20]}{PurePath(filename).suffix.lower()}", ContentFile(content), save=False)
        batch.save()
    return batch


def content_of(batch: Batch) -> bytes:
    """Return the bytes of the batch's file. Raises sheets.FileRefused where the file is no longer there."""
    try:
        with batch.file.open("rb") as file:
            content: bytes = file.read()
    except (FileNotFoundError, ValueError) as error:  # gone, or never to be kept
        raise sheets.FileRefused("Không còn tệp gốc trong kho lưu trữ; hãy tải lên lại.") from error
    return content
