"""Who may do what with a batch, and where a batch stands among the six steps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.matters import CHECK, MATCH, PREVIEW
from imports.models import Batch, BatchState
from units import permissions
from units import selectors as unit_selectors
from units.selectors import NameAt

IMPORT: Final = "imports.import_file"
STEPS: Final = ["Tải tệp", "Nhận dạng", "Khớp đơn vị", "Kiểm tra", "Xem thay đổi", "Ghi"]
RUNNING: Final = (BatchState.UPLOADED, BatchState.READING, BatchState.COMMITTING)
RECOGNISE: Final = 2
WAITING: Final = "cho"
"""In an address: somebody decided, waits for what follows from it, and wants to be led to this step."""
PATIENCE_S: Final = 1.5
_LOOK_EVERY_S: Final = 0.05
PAGES: Final = {
    RECOGNISE: "import_recognise",
    MATCH: "import_match",
    CHECK: "import_check",
    PREVIEW: "import_preview",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six steps on a batch's page; `address` is "" where there is nothing to open."""

    number: int
    words: str
    address: str
    is_done: bool
    is_current: bool


def steps_of(batch: Batch, *, current: int, first_open: int) -> list[Step]:
    """Return the six steps; those that the batch has been through, and the one it waits at, are links."""
    return [
        Step(
            number,
            words,
            reverse(PAGES[number], args=[batch.pk]) if number in PAGES else "",
            number < first_open and number != current,
            number == current,
        )
        for number, words in enumerate(STEPS, start=1)
    ]


def step_address(batch: Batch, step: int) -> str:
    """Return the address of a step's page."""
    return reverse(PAGES[step], args=[batch.pk])


def waiting_address(batch: Batch, step: int | None = None) -> str:
    """Return where to wait for the batch's job: it leads to the step, else to the first that is open."""
    return f"{reverse('import_batch', args=[batch.pk])}?{urlencode({WAITING: step or ''})}"


def settled(batch: Batch) -> Batch:
    """Return the batch once its job is done, or as it is after a moment: most jobs take less than that."""
    deadline = time.monotonic() + PATIENCE_S
    while batch.state in RUNNING and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
        batch.refresh_from_db()
    return batch


def person_of(request: HttpRequest) -> User:
    """Return the person, who may import somewhere. Raises PermissionDenied."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(IMPORT):
        raise PermissionDenied("Tài khoản của bạn không có quyền nhập tệp.")
    return user


def layout_editor_of(request: HttpRequest) -> User:
    """Return the person, who declares and changes layouts, by which files of all provinces are read.

    Raises PermissionDenied.
    """
    user = person_of(request)
    if not user.has_perm(permissions.EDITING_LAYOUTS):
        raise PermissionDenied(
            "Mẫu tệp dùng chung cho mọi tỉnh: chỉ Văn phòng UBND và quản trị cấp tỉnh mới khai, sửa."
        )
    return user


def batch_for(request: HttpRequest, pk: int) -> Batch:
    """Return the batch, if the person may import for its province; before that is known, their own.

    Raises Http404, PermissionDenied.
    """
    user = person_of(request)
    batch = get_object_or_404(
        Batch.objects.select_related(
            "layout", "province", "period", "document", "created_by", "committed_by", "undone_by"
        ),
        pk=pk,
    )
    allowed = user.has_perm(IMPORT, batch.province) if batch.province else batch.created_by_id == user.pk
    if not (allowed or user.is_superuser):
        raise PermissionDenied("Lần nhập này thuộc tỉnh mà bạn không có quyền nhập tệp.")
    return batch


def provinces_of(user: User) -> list[NameAt]:
    """Return the provinces for which the person may import today."""
    today = timezone.localdate()
    mine = set(permissions.units_for(user=user, permission=IMPORT, today=today).values_list("pk", flat=True))
    return [name for name in unit_selectors.roots(on=today) if name.unit_id in mine]
