"""What the address of the log of figures says: what kind, by whom, where, of which period, of which days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from accounts.models import User
from dvctt.fields import DayField, read_id
from dvctt.lib.numbers import vi_date
from indicators.models import Period
from reports.filters import Option
from reports.selectors import change_log
from reports.selectors.change_log import LogFilter
from reports.selectors.log_lines import KINDS
from units import people_selectors, permissions
from units.models import Level, UnitPath, UnitVersion, in_force
from units.permissions import AUDITING

NO_DAY: Final = "{} không đọc được nên chưa lọc theo ngày này. Hãy ghi dạng 30/06/2023."


class ChangeLogForm(forms.Form):
    """The choices that may be typed wrong; what cannot be chosen from a list counts as not chosen."""

    nguoi = forms.CharField(
        label="Người làm",
        required=False,
        max_length=100,
        error_messages={"max_length": "Tên cần tìm dài quá 100 ký tự nên chưa lọc theo người."},
    )
    tu_ngay = DayField(label="Từ ngày", required=False, error_messages={"invalid": NO_DAY.format("Từ ngày")})
    den_ngay = DayField(
        label="Đến ngày", required=False, error_messages={"invalid": NO_DAY.format("Đến ngày")}
    )

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("tu_ngay"), self.cleaned_data.get("den_ngay")
        if first and last and last < first:
            self.add_error("den_ngay", "Đến ngày phải từ ngày đầu trở đi. Hãy sửa một trong hai ngày.")
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class LogChoice:
    """The address, read: what is looked for, what the lists offer, and where the page begins."""

    form: ChangeLogForm
    wanted: LogFilter
    after: Mapping[str, int]
    said: Mapping[str, str]
    units: tuple[Option, ...]
    periods: tuple[Option, ...]

    def query(self, **changes: str) -> str:
        """Return the address of this choice with these changes; the page's place is not part of it."""
        return urlencode({name: value for name, value in {**self.said, **changes}.items() if value})

    @property
    def kinds(self) -> list[Option]:
        """Return the kinds with the addresses that choose them."""
        return [
            Option(self.query(loai=kind), label, kind == self.wanted.kind)
            for kind, label in {"": "Tất cả", **KINDS}.items()
        ]


def read_log_choice(*, data: Mapping[str, str], user: User, today: date) -> LogChoice:
    """Return what the address chooses of what the person may look at. A constant number of queries."""
    form = ChangeLogForm(data)
    form.is_valid()
    reach = permissions.units_in_histories(user=user, permission=AUDITING, today=today)
    units = frozenset(reach.values_list("pk", flat=True))
    unit = _chosen_unit(data.get("don_vi", ""), units)
    periods = list(change_log.periods_to_choose())
    period = next((one for one in periods if one.code == data.get("ky")), None)
    kind = data.get("loai", "") if data.get("loai", "") in KINDS else ""
    text = (form.cleaned_data.get("nguoi") or "").replace("\x00", "")
    first, last = form.cleaned_data.get("tu_ngay"), form.cleaned_data.get("den_ngay")
    wanted = LogFilter(
        units=units,
        reached=units if unit is None else units & _ever_below(unit),
        kind=kind,
        people=people_selectors.people_named(people=User.objects.all(), text=text) if text else None,
        by_unit=unit is not None,
        period_id=period.pk if period else None,
        since=_midnight(first),
        until=_midnight(last + timedelta(days=1) if last else None),
    )
    return LogChoice(
        form=form,
        wanted=wanted,
        after=read_position(data.get("sau", "")),
        said={
            "loai": kind,
            "nguoi": text,
            "don_vi": "" if unit is None else str(unit),
            "ky": period.code if period else "",
            "tu_ngay": vi_date(first) if first else "",
            "den_ngay": vi_date(last) if last else "",
        },
        units=_unit_options(units, unit, today),
        periods=_period_options(periods, period),
    )


def read_position(text: str) -> dict[str, int]:
    """Return where each kind goes on, as `write_position` wrote it; what is not of its making is left out."""
    found = {}
    for part in text.split(",")[:10]:
        name, _, number = part.rpartition(":")
        pk = read_id(number)
        if name and pk is not None:
            found[name] = pk
    return found


def write_position(position: Mapping[str, int]) -> str:
    """Return the place in the log for an address."""
    return ",".join(f"{name}:{max(number, 0)}" for name, number in sorted(position.items()))


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))


def _chosen_unit(text: str, units: frozenset[int]) -> int | None:
    """Return the unit's id if the person may look at it."""
    found = read_id(text)
    return found if found in units else None


def _ever_below(unit_id: int) -> frozenset[int]:
    """Return the unit itself and all that stands or once stood below it."""
    return frozenset(UnitPath.objects.filter(ancestor=unit_id).values_list("descendant", flat=True))


def _unit_options(units: frozenset[int], chosen: int | None, today: date) -> tuple[Option, ...]:
    """Offer what is not a commune, and the chosen one: communes are come to from their own pages."""
    large = UnitVersion.objects.filter(in_force(today)).exclude(level=Level.XA)
    ids = {*(units & set(large.values_list("unit", flat=True))), *([] if chosen is None else [chosen])}
    offered = people_selectors.units_by_place(unit_ids=ids, on=today)
    options = [Option(str(one.unit_id), one.name_and_place, one.unit_id == chosen) for one in offered]
    if chosen is not None and not any(one.chosen for one in options):
        called = people_selectors.last_names(unit_ids=[chosen], on=today)
        options.append(Option(str(chosen), called.get(chosen, "–"), True))
    return tuple(options)


def _period_options(periods: list[Period], chosen: Period | None) -> tuple[Option, ...]:
    return tuple(Option(one.code, one.label, one == chosen) for one in periods)
