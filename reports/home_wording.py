"""What home and unit pages say in words: the sentence that answers each person's question."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from dvctt.lib import numbers
from indicators.models import Source, SubmissionStatus
from reports import wording
from reports.selectors.homes import OfficeDesk, OwnDesk, ReviewDesk
from reports.selectors.overview import Overview
from reports.selectors.unit_profile import Standing, UnitProfile
from targets.rules import judging


def speaks_for_all(found: Overview) -> bool:
    """Tell whether the figures cover enough units for a verdict on the whole province: at least half."""
    return 2 * found.with_figures >= found.units


def headline_rate(value: Decimal, target: Decimal | None) -> str:
    """Return a rate for a headline with one decimal, with two where one would read as reached or equal."""
    short = numbers.round_half_up(value, 1)
    if target is not None and value != target and (short == target or (short > target) != (value > target)):
        return numbers.vi_percent(value, 2)
    return numbers.vi_percent(short, None)


def province_answer(found: Overview) -> wording.Answer:
    """Return the leader's sentence: does the province reach its target, and what is missing."""
    thing = found.indicator.short_name[:1].lower() + found.indicator.short_name[1:]
    value = found.total.value if found.total else None
    detail = []
    if value is None:
        verdict = (
            f"Chưa cộng được tỷ lệ {thing} của toàn tỉnh: nguồn chỉ công bố tỷ lệ, {wording.NOT_CONVERTIBLE}."
        )
    elif not speaks_for_all(found):
        verdict = (
            f"Mới có {numbers.vi_number(found.with_figures)} trong {numbers.vi_number(found.units)} đơn vị "
            f"có số liệu {wording.period_text(found.period)}, chưa kết luận được cho toàn tỉnh."
        )
        detail.append(f"Các đơn vị đã có số liệu đạt chung {headline_rate(value, found.target)} {thing}.")
    else:
        verdict = f"Tỉnh đạt {headline_rate(value, found.target)} {thing}"
        if found.target is None:
            verdict += "."
        elif found.status in judging.REACHED:
            verdict += f", đạt chỉ tiêu {wording.target_text(found.target)}."
        else:
            verdict += f", chưa đến chỉ tiêu {wording.target_text(found.target)}."
    behind = found.judged - found.reached
    if found.judged and not behind:
        detail.append(f"Cả {numbers.vi_number(found.judged)} đơn vị được giao đều đạt.")
    elif found.judged:
        detail.append(
            f"{numbers.vi_number(behind)} trong {numbers.vi_number(found.judged)} đơn vị được giao chưa đạt"
        )
        first = found.press[0] if found.press else None
        if first is not None and first.lacking:
            counted = judging.counted_thing(found.indicator.numerator)
            detail[-1] += f"; thiếu nhiều {counted} nhất là {first.unit} ({numbers.vi_number(first.lacking)})"
        detail[-1] += "."
    return wording.Answer(verdict, " ".join(detail))


def province_source_parts(found: Overview) -> list[str]:
    """Return the leader's line of sources: until when, how complete, by which plan."""
    days = sorted({day for league in found.leagues for use in league.sources for day in use.extracted_on})
    parts = [f"Số liệu {wording.period_text(found.period)}"]
    if days:
        own = all(use.source == Source.UNIT for league in found.leagues for use in league.sources)
        parts.append(f"{'duyệt' if own else 'trích xuất'} {numbers.vi_date(days[-1])}")
    parts.append(
        f"{numbers.vi_number(found.with_figures)}/{numbers.vi_number(found.units)} đơn vị có số liệu"
    )
    documents = {
        document.pk: document
        for league in found.leagues
        for use in league.sources
        for document in use.documents
    }
    cited = [wording.document_text(document) for document in documents.values()]
    for plan in found.plans:
        if plan.document is not None and plan.document.pk not in documents:
            cited.append(wording.plan_text(plan))
    return parts + cited


def rank_line(standing: Standing) -> str:
    """Return a unit's place among its peers: "Hồ sơ trực tuyến 99,50 %, Quý I/2023: hạng 12 trong 235 …"."""
    row, league = standing.row, standing.league
    peers = wording.PEERS[league.level]
    if league.ranked < league.units:
        peers += " đã xếp hạng"
    return (
        f"{league.indicator.short_name} {wording.figure_text(row.value, league.indicator)}, "
        f"{wording.period_text(league.period)}: hạng {row.place} trong {numbers.vi_number(league.ranked)} "
        f"{peers} của {wording.area_text(league)}."
    )


def unit_answer(profile: UnitProfile) -> wording.Answer:
    """Return the unit's sentence: its latest figure, its rank among its peers, its target."""
    standing = profile.standing
    if standing is None:
        if not profile.figures:
            return wording.Answer(f"{profile.name.full_name} chưa có số liệu nào trong hệ thống.")
        return wording.Answer(f"{profile.name.full_name} chưa được xếp hạng ở chỉ tiêu nào.")
    row, league = standing.row, standing.league
    detail = ""
    if row.target is not None:
        goal = (
            wording.target_text(row.target)
            if league.indicator.is_rate
            else wording.figure_text(row.target, league.indicator)
        )
        if row.status == judging.MAINTAIN:
            detail = "Được giao duy trì kết quả đạt được, và đang giữ được."
        elif row.status in judging.REACHED:
            detail = f"Đã đạt chỉ tiêu {goal}."
        else:
            detail = f"Chưa đạt chỉ tiêu {goal}"
            if row.gap is not None:
                detail += f", còn thiếu {wording.lacking_text(row.gap, league.indicator)}"
            if row.lacking:
                counted = judging.counted_thing(league.indicator.numerator)
                detail += f" ({numbers.vi_number(row.lacking)} {counted})"
            detail += "."
    return wording.Answer(rank_line(standing), detail)


def name_history(profile: UnitProfile) -> list[str]:
    """Return the unit's names through time, latest first: "Phường Hà Tu, Thành phố Hạ Long (từ 1/1/2020)"."""
    lines = []
    for version in profile.versions:
        parent = profile.parent_names.get(version.parent_id, "") if version.parent_id else ""
        place = f", {parent}" if parent else ""
        until = f" đến trước {numbers.vi_date(version.valid_to)}" if version.valid_to else ""
        lines.append(f"{version.full_name}{place} (từ {numbers.vi_date(version.valid_from)}{until})")
    return lines


# --- homes --------------------------------------------------------------------------------------------------


def entry_words(counts: Mapping[str, int]) -> str:
    """Return how far entering is: "3 đã gửi, 1 bị trả lại"; the untouched are not counted here."""
    said = [
        f"{numbers.vi_number(counts[status.value])} {str(status.label).lower()}"
        for status in SubmissionStatus
        if counts.get(status.value)
    ]
    return ", ".join(said) or "chưa đơn vị nào nhập"


def office_answer(desk: OfficeDesk) -> wording.Answer:
    """Return what the office does first today."""
    waiting = []
    if desk.to_review:
        waiting.append(f"{numbers.vi_number(desk.to_review)} báo cáo chờ duyệt")
    if desk.open_batches:
        waiting.append(f"{numbers.vi_number(desk.open_batches)} lần nhập chờ xem và ghi")
    if desk.failed_batches:
        waiting.append(f"{numbers.vi_number(desk.failed_batches)} tệp không đọc được")
    verdict = f"Trước hết: {', '.join(waiting)}." if waiting else "Không có việc nào đang chờ."
    worst = max(desk.missing, key=lambda state: state.missing, default=None)
    if worst is None or not worst.missing:
        return wording.Answer(verdict)
    return wording.Answer(
        verdict,
        f"{worst.name.full_name} còn {numbers.vi_number(worst.missing)} trong "
        f"{numbers.vi_number(worst.units)} xã chưa có số liệu {wording.period_text(worst.period)}.",
    )


def work_answer(review: ReviewDesk | None, own: OwnDesk) -> wording.Answer:
    """Return what the unit still owes, and how much waits for its reviewer."""
    said = []
    for report in own.reports:
        period = wording.period_text(report.period)
        if report.status == SubmissionStatus.RETURNED:
            said.append(f"Báo cáo {period} bị trả lại, cần sửa và gửi lại.")
        elif report.status in (SubmissionStatus.SENT, SubmissionStatus.APPROVED, SubmissionStatus.LOCKED):
            said.append(f"Báo cáo {period}: {str(report.status.label).lower()}.")
        elif report.missing:
            said.append(
                f"{period[:1].upper()}{period[1:]} còn {numbers.vi_number(len(report.missing))} trong "
                f"{numbers.vi_number(report.asked)} chỉ tiêu chưa nhập."
            )
        else:
            said.append(f"{period[:1].upper()}{period[1:]} đã nhập đủ {report.asked} chỉ tiêu, chưa gửi.")
    if review is not None and review.period is not None:
        waiting = f"{numbers.vi_number(len(review.waiting))} báo cáo chờ duyệt" if review.waiting else ""
        lacking = f"{len(review.lacking)}/{review.units} đơn vị cấp dưới chưa gửi"
        said.append(f"{', '.join(part for part in (waiting, lacking) if part)}.")
    if not said:
        return wording.Answer("Hiện không có kỳ nào đang thu số liệu.")
    return wording.Answer(said[0], " ".join(said[1:]))
