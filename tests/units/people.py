"""Quảng Ninh with two districts, and people in every role that looks after others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.models import User
from tests.builders import make_person, make_province, make_unit
from units.models import Kind, Role, Unit

AT = datetime(2023, 12, 20, 3, 0, tzinfo=UTC)


@dataclass
class Place:
    province: Unit
    ha_long: Unit
    ha_tu: Unit
    cam_pha: Unit
    cam_tay: Unit
    office: User
    admin: User
    district: User
    officer: User
    other: User


def make_place() -> Place:
    """Quảng Ninh with two districts; `officer` enters for Hà Tu, `other` for Cẩm Tây."""
    province = make_province()
    ha_long, cam_pha = (make_unit(n, kind=Kind.THANH_PHO, parent=province) for n in ("Hạ Long", "Cẩm Phả"))
    ha_tu, cam_tay = make_unit("Hà Tu", parent=ha_long), make_unit("Cẩm Tây", parent=cam_pha)
    return Place(
        province=province,
        ha_long=ha_long,
        ha_tu=ha_tu,
        cam_pha=cam_pha,
        cam_tay=cam_tay,
        office=make_person("vanphong", role=Role.OFFICE, unit=province),
        admin=make_person("quantri", role=Role.ADMIN, unit=province),
        district=make_person("huyen", role=Role.REVIEWER, unit=ha_long),
        officer=make_person("xahatu", role=Role.OFFICER, unit=ha_tu),
        other=make_person("xacamtay", role=Role.OFFICER, unit=cam_tay),
    )
