"""Who comes to the catalogue. To look is for whoever edits anywhere; a unit is changed by whoever has it.

Indicators and periods belong to no unit: they are changed from a province only.
"""

from __future__ import annotations

from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from units import permissions
from units.models import Unit
from units.permissions import EDITING, EDITING_CATALOGUE

MENU: Final = "unit_tree"


def editor_of(request: HttpRequest) -> User:
    """Return the person, who edits the catalogue somewhere. Raises PermissionDenied."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(EDITING):
        raise PermissionDenied("Chỉ Văn phòng UBND và quản trị mới xem, sửa danh mục.")
    return user


def unit_to_edit(request: HttpRequest, pk: int) -> tuple[User, Unit]:
    """Return the person and the unit, if the one may change the other. Raises Http404, PermissionDenied."""
    user = editor_of(request)
    unit = get_object_or_404(Unit, pk=pk)
    if not permissions.may_edit_unit(user=user, unit=unit, today=timezone.localdate()):
        raise PermissionDenied("Đơn vị này ngoài phạm vi của bạn.")
    return user, unit


def cataloguer_of(request: HttpRequest) -> User:
    """Return the person, who changes what all provinces share. Raises PermissionDenied."""
    user = editor_of(request)
    if not user.has_perm(EDITING_CATALOGUE):
        raise PermissionDenied(
            "Chỉ tiêu và kỳ dùng chung cho mọi tỉnh: chỉ Văn phòng UBND và quản trị cấp tỉnh mới sửa."
        )
    return user
