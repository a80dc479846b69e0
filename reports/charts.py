"""Charts below a league table: plotly figures that travel as JSON to one script of our own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import plotly.graph_objects as go

from dvctt.lib import histogram, numbers
from reports import rules, wording
from reports.selectors.league import League, LeagueRow
from reports.tables import BAND_WORDS
from targets.rules import judging

DISTRIBUTION: Final = "phan-bo"
AGAINST_TARGET: Final = "muc-tieu"
KINDS: Final = {DISTRIBUTION: "Phân bố", AGAINST_TARGET: "Đơn vị so với chỉ tiêu"}
INK, BAR, LINE = "#14202e", "#4a8fd0", "#a84300"
# The fills of the bars in the table (static/css/app.css); shapes differ too, so that colour is never alone.
MARKS: Final = {
    judging.MET: ("#0b4a8b", "circle"),
    judging.MAINTAIN: ("#0b4a8b", "circle"),
    judging.NEAR: ("#4a8fd0", "diamond"),
    judging.BEHIND: ("#cf7b22", "triangle-down"),
    judging.FAR: ("#a84300", "x"),
}


def _number(value: Decimal) -> float:
    """A figure as the drawing needs it; only pixels depend on it."""
    return round(float(value), 4)


def _scale(league: League) -> Decimal:
    if league.indicator.is_rate:
        return Decimal(100)
    return max(
        (row.value for row in league.all_rows if row.value is not None), default=Decimal(1)
    ) or Decimal(1)


def _axis(title: str, **more: Any) -> dict[str, Any]:
    return {"title": {"text": title}, "gridcolor": "#dde3e9", "zeroline": False, "fixedrange": True, **more}


def distribution(league: League) -> go.Figure:
    """How many units stand in each tenth of the scale, with the median and the target if all share one."""
    high = _scale(league)
    values = [row.value for row in league.all_rows if row.value is not None]
    bins = histogram.distribution(values, low=Decimal(0), high=max([high, *values]))
    labels = [f"{numbers.vi_number(b.low, 0)}–{numbers.vi_number(b.high, 0)}" for b in bins]
    unit = "%" if league.indicator.is_rate else league.indicator.unit_of_measure
    middles = [_number((b.low + b.high) / 2) for b in bins]
    figure = go.Figure(
        go.Bar(
            x=middles,
            y=[b.units for b in bins],
            customdata=labels,
            marker={"color": BAR, "line": {"color": INK, "width": 0.5}},
            text=[numbers.vi_number(b.units) if b.units else "" for b in bins],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{customdata} " + unit + ": %{y} đơn vị<extra></extra>",
            name="Số đơn vị",
        )
    )
    ticks = [_number(b.low) for b in bins] + [_number(bins[-1].high)]
    figure.update_layout(
        bargap=0.04,
        xaxis=_axis(f"{league.indicator.short_name} ({unit})", tickvals=ticks),
        yaxis=_axis("Số đơn vị", rangemode="tozero", tickformat="d"),
        showlegend=False,
        margin={"l": 56, "r": 16, "t": 36, "b": 56},
    )
    if league.median is not None:
        _mark(figure, league.median, "trung vị", INK, "dot", "top left")
    goal = common_target(league)
    if goal is not None:
        _mark(figure, goal, "chỉ tiêu", LINE, "solid", "top right")
    return figure


def _mark(figure: go.Figure, at: Decimal, words: str, colour: str, dash: str, where: str) -> None:
    figure.add_vline(
        x=_number(at),
        line={"color": colour, "width": 2, "dash": dash},
        annotation={"text": f"{words} {numbers.vi_number(at, 2)}", "font": {"color": colour}, "yshift": 16},
        annotation_position=where,
    )


def against_target(league: League) -> go.Figure:
    """Each ranked unit as a point in its rank's order, with its own target as a short line."""
    rows = list(league.all_rows)
    unit = "%" if league.indicator.is_rate else league.indicator.unit_of_measure
    figure = go.Figure()
    judged = [(place, row) for place, row in enumerate(rows, start=1) if row.target is not None]
    if judged:
        figure.add_trace(
            go.Scatter(
                x=[place for place, _ in judged],
                y=[_number(row.target) for _, row in judged if row.target is not None],
                mode="markers",
                marker={"symbol": "line-ew-open", "size": 9, "color": INK, "line": {"width": 2}},
                hoverinfo="skip",
                name="Chỉ tiêu",
            )
        )
    for status, (colour, symbol) in (MARKS | {judging.NONE: ("#74869a", "circle-open")}).items():
        points = [(place, row) for place, row in enumerate(rows, start=1) if row.status == status]
        if not points:
            continue
        figure.add_trace(
            go.Scatter(
                x=[place for place, _ in points],
                y=[_number(row.value) for _, row in points if row.value is not None],
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 8},
                customdata=[_hover(row) for _, row in points],
                hovertemplate="%{customdata}<extra></extra>",
                name=BAND_WORDS.get(status, "Không có chỉ tiêu"),
            )
        )
    figure.update_layout(
        xaxis=_axis("Thứ tự xếp hạng", rangemode="tozero"),
        yaxis=_axis(f"{league.indicator.short_name} ({unit})", rangemode="tozero"),
        legend={"orientation": "h", "y": 1.12},
        hovermode="closest",
    )
    return figure


def _hover(row: LeagueRow) -> str:
    value = "" if row.value is None else numbers.vi_number(row.value, 2)
    goal = "" if row.target is None else f", chỉ tiêu {numbers.vi_number(row.target, 2)}"
    return f"{row.place}. {_plain(row.unit)} ({_plain(row.parent)}): {value}{goal}"


def _plain(name: str) -> str:
    """Plotly reads tags in its texts: a name from a file must not bring one."""
    return name.replace("&", "&amp;").replace("<", "&lt;")


def common_target(league: League) -> Decimal | None:
    """Return the target that all judged units share, if they do; kept results are each their own."""
    goals = {
        row.target for row in league.all_rows if row.target is not None and row.status != judging.MAINTAIN
    }
    return goals.pop() if len(goals) == 1 else None


def chart(league: League, kind: str) -> go.Figure:
    """Return the chart of that kind; the distribution for any other word."""
    figure = against_target(league) if kind == AGAINST_TARGET else distribution(league)
    figure.layout.template = None  # the page's own font and grounds are set by app.js
    return figure


def chart_title(league: League, kind: str) -> str:
    if kind == AGAINST_TARGET:
        return f"Từng đơn vị so với chỉ tiêu của mình: {wording.title(league)}"
    return f"Phân bố các đơn vị: {wording.title(league)}"


def chart_text(league: League, kind: str) -> str:
    """Return in a sentence what the chart shows, for those who do not see it."""
    if not league.all_rows:
        return "Chưa có đơn vị nào được xếp hạng để vẽ biểu đồ."
    if kind == AGAINST_TARGET:
        return str(wording.answer(league))
    values = [row.value for row in league.all_rows if row.value is not None]
    low, middle, high = (rules.quantile(values, Decimal(share)) for share in ("0.25", "0.5", "0.75"))
    lowest, highest = min(values), max(values)
    text = wording.figure_text
    return (
        f"{numbers.vi_number(len(values))} đơn vị được xếp hạng, từ {text(lowest, league.indicator)} đến "
        f"{text(highest, league.indicator)}; một nửa ở giữa nằm trong khoảng {text(low, league.indicator)} – "
        f"{text(high, league.indicator)}, trung vị {text(middle, league.indicator)}."
    )
