"""Hạ Long with three communes, four indicators and the people who enter and review."""

from dataclasses import dataclass

import pytest

from accounts.models import User
from indicators import selectors, services
from indicators.models import Indicator, Period, Submission, ZeroDenominator
from indicators.services import Cell
from tests.builders import make_person, make_province, make_unit, make_units
from tests.indicators.builders import AT, make_indicator, make_period
from units.models import Kind, Role, Unit


@dataclass
class Place:
    """Quý IV/2023 takes figures; every one of four indicators is asked of a commune."""

    province: Unit
    ha_long: Unit
    ha_tu: Unit
    ha_lam: Unit
    quarter: Period
    hstt: Indicator
    tttt: Indicator
    quahan: Indicator
    chodoi: Indicator
    officer: User
    district: User
    office: User
    leader: User

    def cells(self, **changes: Cell) -> dict[int, Cell]:
        """A full report: 2.900/3.000, 31/402, 2 overdue, 4,5 minutes; changed by indicator name."""
        cells = {
            "hstt": Cell(2900, 3000),
            "tttt": Cell(31, 402),
            "quahan": Cell(2),
            "chodoi": Cell(9, 2),
        } | changes
        return {getattr(self, name).pk: cell for name, cell in cells.items()}

    def report(self, unit: Unit | None = None) -> Submission:
        return services.open_submission(unit=unit or self.ha_tu, period=self.quarter)

    def saved(self, unit: Unit | None = None, **changes: Cell) -> Submission:
        report = self.report(unit)
        services.save_entries(
            submission=report,
            values=self.cells(**changes),
            by=self.officer,
            at=AT,
            seen_revision=report.revision,
        )
        report.refresh_from_db()
        return report

    def sent(self, unit: Unit | None = None) -> Submission:
        report = self.saved(unit)
        self.send(report)
        report.refresh_from_db()
        return report

    def send(self, report: Submission) -> None:
        """Send it as somebody does who has a word for all that a reviewer would ask."""
        compared = selectors.compare_report(submission=report)
        asked = [key for key, cell in compared.cells.items() if cell.needs_words]
        services.send_submission(
            submission=report,
            by=self.officer,
            at=AT,
            notes=dict.fromkeys(asked, "Đã đối chiếu"),
            confirms_repeat=True,
        )


@pytest.fixture
def place(db: None) -> Place:
    province = make_province()
    ha_long = make_unit("Hạ Long", kind=Kind.THANH_PHO, parent=province)
    ha_tu, ha_lam = make_units(["Hà Tu", "Hà Lầm"], kind=Kind.PHUONG, parent=ha_long)
    make_indicator("TOANTRINH", short_name="DVCTT toàn trình", levels=["tinh", "so"])
    district = make_person("huyen", role=Role.REVIEWER, unit=ha_long)
    return Place(
        province=province,
        ha_long=ha_long,
        ha_tu=ha_tu,
        ha_lam=ha_lam,
        quarter=make_period("2023-Q4", open_for_entry=True),
        hstt=make_indicator("HSTT"),
        tttt=make_indicator("TTTT", short_name="Thanh toán trực tuyến"),
        quahan=make_indicator(
            "QUAHAN",
            short_name="Hồ sơ quá hạn",
            unit_of_measure="hồ sơ",
            is_rate=False,
            denominator="",
            zero_denominator=ZeroDenominator.NONE.value,
        ),
        chodoi=make_indicator(
            "CHODOI", short_name="Thời gian chờ đợi", unit_of_measure="phút", is_rate=False, levels=["xa"]
        ),
        officer=make_person("xa", role=Role.OFFICER, unit=ha_tu),
        district=district,
        office=make_person("vanphong", role=Role.OFFICE, unit=province),
        leader=make_person("lanhdao", role=Role.LEADER, unit=province),
    )
