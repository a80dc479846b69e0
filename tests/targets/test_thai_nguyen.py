"""Thái Nguyên's plans on a small tree: area classes, waivers, exemptions, and waiting times."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command

from indicators.selectors import indicator_by_code
from targets import selectors, services
from targets.models import Assignment, Plan, Rule
from tests.builders import make_province, make_unit
from tests.indicators.builders import make_period
from tests.reports.tables import Scene
from tests.targets.builders import recomputed
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db
COMMUNES = {
    "La Hiên": "thuong",
    "Lâu Thượng": "nong_thon",
    "Sảng Mộc": "dac_biet_kho_khan",
    "Phú Thượng": "",
}


@pytest.fixture
def small(db: None, catalogue_files: dict[str, Any]) -> Scene:
    """A province of that name with one district, communes of each area class, and the plan for 2025."""
    call_command("load_catalogue", stdout=io.StringIO())
    province = make_province("Thái Nguyên")
    district = make_unit("Võ Nhai", kind=Kind.HUYEN, parent=province, area_class="nong_thon")
    communes = [
        make_unit(name, kind=Kind.XA, parent=district, area_class=area) for name, area in COMMUNES.items()
    ]
    services.load_targets(**catalogue_files)
    return Scene(province, district, communes, indicator_by_code("NANGSUAT"), make_period("2024"))


def levels(code: str, indicator: str) -> dict[Unit, Assignment]:
    plan = Plan.objects.get(code=code)
    found = services.assign_targets(plan=plan)
    return {one.unit: one for one in found if one.indicator.code == indicator}


def test_productivity_goes_by_area_class_and_a_unit_without_one_is_listed(small: Scene) -> None:
    ordinary, rural, remote, unknown = small.communes
    found = levels("tnguyen21-2025", "NANGSUAT")
    assert {unit: (one.assigned, one.wording) for unit, one in found.items()} == {
        ordinary: (1600, "Tối thiểu 1.600 hồ sơ/người"),
        rural: (1200, "Tối thiểu 1.200 hồ sơ/người"),
        small.district: (1200, "Tối thiểu 1.200 hồ sơ/người"),
        remote: (800, "Tối thiểu 800 hồ sơ/người"),
    }
    waiting = selectors.uncovered(plan=Plan.objects.get(code="tnguyen21-2025"))
    assert [(one.name.unit_id, one.reason) for one in waiting if one.indicator.code == "NANGSUAT"] == [
        (unknown.pk, "không có quy tắc nào của kế hoạch áp dụng cho đơn vị")
    ]


def test_a_unit_with_fewer_cases_in_all_than_one_person_must_handle_is_waived(small: Scene) -> None:
    ordinary, rural, remote, _ = small.communes
    small.record({ordinary: (1599, 2), rural: (1200, 2), remote: (799, 1)})
    found = levels("tnguyen21-2025", "NANGSUAT")
    assert set(found) == {rural, small.district}
    told = {
        one.name.unit_id: (one.reason, one.is_settled)
        for one in selectors.uncovered(plan=Plan.objects.get(code="tnguyen21-2025"))
        if one.indicator.code == "NANGSUAT"
    }
    assert told[ordinary.pk] == (
        "được miễn: cả kỳ có 1.599 hồ sơ, ít hơn mức 1.600 hồ sơ/người", True,
    )  # fmt: skip
    assert told[remote.pk] == ("được miễn: cả kỳ có 799 hồ sơ, ít hơn mức 800 hồ sơ/người", True)


def test_communes_of_hard_areas_are_left_out_of_the_ladder_of_one_stop_offices(small: Scene) -> None:
    ordinary, rural, remote, unknown = small.communes
    found = levels("tnguyen21-2025", "BPMC-SOHOA")
    assert set(found) == {small.district, ordinary, rural, unknown}
    plan = Plan.objects.get(code="tnguyen21-2025")
    (left_out,) = [one for one in selectors.uncovered(plan=plan) if one.indicator.code == "BPMC-SOHOA"]
    assert (left_out.name.unit_id, left_out.is_settled) == (remote.pk, True)
    rule = Rule.objects.select_related("indicator").get(plan=plan, indicator__code="BPMC-SOHOA")
    groups = selectors.rule_groups(plan=plan, names=selectors.names_of(plan))
    words = {line.rule.pk: line.scope for group in groups for line in group.rules}
    assert words[rule.pk] == "Cấp huyện, Cấp xã · trừ khu vực đặc biệt khó khăn"


def test_waiting_time_is_at_most_30_minutes_then_15(small: Scene) -> None:
    for code, minutes in (("tnguyen21-2022", 30), ("tnguyen21-2025", 15)):
        (one,) = levels(code, "CHODOI").values()
        assert (one.unit, one.assigned, one.wording) == (small.district, minutes, f"Tối đa {minutes} phút")
        assert recomputed("fixed", selectors.sentence(one)) == (minutes, None)
