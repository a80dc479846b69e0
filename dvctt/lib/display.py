"""How a figure looks on a page: template filters and small drawings, a builtin of every template.

The only module of dvctt.lib that knows Django. A league page calls these tags 300 times and more, so they
build strings directly and never render a sub-template. Everything that comes from data is escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, Field, FileInput
from django.forms.widgets import ChoiceWidget
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dvctt.lib import numbers
from dvctt.lib.histogram import Bin

register = template.Library()

DASH: Final = "–"
NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
BAND_WORDS: Final[dict[str, str]] = {
    "met": "▲ Đạt",
    "near": "≈ Gần đạt",
    "behind": "▼ Chưa đạt",
    "far": "▼▼ Còn xa",
    "none": "Không xét",
    "maintain": "▲ Duy trì",
}
# A kept result is drawn like a met target: only the word differs.
BAND_CLASSES: Final[dict[str, str]] = {status: status for status in BAND_WORDS} | {"maintain": "met"}


def _decimal(value: object) -> Decimal | None:
    """Return the figure, or None where a template gave nothing to draw."""
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


@register.filter
def vi_number(value: Any, decimals: int | None = None) -> str:
    """Write a count as "1.234"; a missing one is a dash, never 0 and never blank."""
    figure = _decimal(value)
    return DASH if figure is None else numbers.vi_number(figure, decimals)


@register.filter
def vi_rate(value: Any) -> str:
    """Write a rate in percent as "98,06", two decimals as the portal prints it, without the sign."""
    figure = _decimal(value)
    return DASH if figure is None else numbers.vi_number(figure, 2)


@register.filter
def vi_points(value: Any) -> str:
    """Write a difference of rates, in percentage points, with its sign: "+1,30", "−33,49"."""
    figure = _decimal(value)
    return DASH if figure is None else numbers.vi_points(figure)


@register.filter
def vi_date(value: date | None) -> str:
    """Write a day as "30/9/2023"; a moment is taken in local time first."""
    if not value:
        return DASH
    return numbers.vi_date(_local(value))


@register.filter
def vi_datetime(value: datetime | None) -> str:
    """Write a moment as "10:32 2/10/2023", local time."""
    if not value:
        return DASH
    local = _local(value)
    return f"{local:%H:%M} {numbers.vi_date(local)}"


def _local(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.simple_tag
def band(status: Any, word: str = "") -> SafeString:
    """Mark and word on the band's colour; `word` replaces the word after a mark of its own choosing."""
    key = str(status) if status else "none"
    if key not in BAND_WORDS:
        key = "none"
    text = escape(word) if word else BAND_WORDS[key]
    return mark_safe(f'<span class="band {BAND_CLASSES[key]}">{text}</span>')  # noqa: S308 - escaped above


@register.simple_tag
def move(change: Any) -> SafeString:
    """Change of rank in places, positive when the unit climbed; under five places it stays grey."""
    places = _decimal(change)
    if places is None:
        return mark_safe('<span class="move" title="Không có kỳ trước để so">–</span>')
    if places == 0:
        return mark_safe('<span class="move">=<span class="sr"> giữ hạng</span></span>')
    size = numbers.vi_number(abs(places), 0)
    mark, word, tone = ("▲", "tăng", " up") if places > 0 else ("▼", "giảm", " down")
    if abs(places) < 5:
        tone = ""
    return mark_safe(  # noqa: S308 - built from numbers only
        f'<span class="move{tone}"><span aria-hidden="true">{mark} {size}</span>'
        f'<span class="sr">{word} {size} bậc</span></span>'
    )


@register.simple_tag
def bar(
    value: Any, target: Any = None, status: Any = "none", label: str = "", low: Any = 0, high: Any = 100
) -> SafeString:
    """A rate in percent as a bar from `low` to `high`, a tick at its target; nothing without a rate."""
    figure = _decimal(value)
    if figure is None:
        return SafeString("")
    goal = _decimal(target)
    start, end = Decimal(low), Decimal(high)
    width = _share(figure, start, end)
    key = str(status) if status else "none"
    fill = BAND_CLASSES.get(key, "none")
    if not label:
        label = f"{numbers.vi_number(figure, 2)}{NO_BREAK_SPACE}%"
        if goal is not None:
            label += f", chỉ tiêu {numbers.vi_number(goal)}{NO_BREAK_SPACE}%"
    tick = ""
    # A target outside the drawn range gets no tick: at the edge it would read as a target of `low` or `high`.
    if goal is not None and start <= goal <= end:
        at = _share(goal, start, end)
        tick = f'<line class="tick" x1="{at}%" x2="{at}%" y1="0" y2="18"/>'
    return mark_safe(  # noqa: S308 - the label is escaped, the rest are numbers and known names
        f'<svg class="bar" role="img" aria-label="{escape(label)}">'
        f'<rect class="track" width="100%" height="18"/>'
        f'<rect class="fill-{fill}" width="{width}%" y="4" height="10"/>{tick}</svg>'
    )


@register.simple_tag
def histogram(bins: Sequence[Bin], unit: str = "%") -> SafeString:
    """How many units stand in each of some equal bins, as bars with their numbers; nothing without any."""
    highest = max((one.units for one in bins), default=0)
    if not highest:
        return SafeString("")
    step = Decimal(300) / len(bins)
    parts, words = [], []
    for place, one in enumerate(bins):
        height = Decimal(one.units) / highest * 56
        left, middle = step * place, step * place + step / 2
        count = numbers.vi_number(one.units)
        parts.append(
            f'<rect class="fill-met" x="{left + 1:.1f}" width="{step - 2:.1f}" y="{70 - height:.1f}" '
            f'height="{height:.1f}"/>'
        )
        if one.units:
            parts.append(f'<text x="{middle:.1f}" y="{66 - height:.1f}">{count}</text>')
            low, high = numbers.vi_number(one.low), numbers.vi_number(one.high)
            words.append(f"{low} đến {high}{NO_BREAK_SPACE}{unit}: {count} đơn vị")
        parts.append(f'<text class="tick-label" x="{left:.1f}" y="84">{numbers.vi_number(one.low)}</text>')
    label = escape("; ".join(words))
    return mark_safe(  # noqa: S308 - the label is escaped, the rest are numbers
        f'<svg class="histogram" viewBox="-10 0 330 90" role="img" aria-label="{label}">'
        f'<line class="axis" x1="0" x2="300" y1="70" y2="70"/>{"".join(parts)}'
        f'<text class="tick-label" x="300" y="84">{numbers.vi_number(bins[-1].high)}</text></svg>'
    )


def _share(figure: Decimal, start: Decimal, end: Decimal) -> str:
    """Where the figure stands between start and end, in percent of the drawing, one decimal."""
    if end <= start:
        return "0"
    share = (figure - start) / (end - start) * 100
    return f"{min(max(share, Decimal(0)), Decimal(100)):.1f}"


@register.filter
def field_messages(field: BoundField) -> list[str]:
    """What is wrong with one field, in words that stand alone: the same at the field and in the summary."""
    messages = []
    for error in field.errors.as_data():
        for message in error.messages:
            # Django's "This field is required." says nothing in a summary; a form's own words are kept.
            plain = error.code == "required" and message == Field.default_error_messages["required"]
            messages.append(_what_to_give(field) if plain else str(message))
    return messages


def _what_to_give(field: BoundField) -> str:
    label = str(field.label)
    if label[1:2].islower():
        label = label[0].lower() + label[1:]
    if isinstance(field.field.widget, CheckboxInput):
        return f"Đánh dấu ô “{field.label}”"
    return f"{'Chọn' if isinstance(field.field.widget, (ChoiceWidget, FileInput)) else 'Nhập'} {label}"


@register.filter
def errors_of(form: BaseForm) -> list[tuple[str, str]]:
    """A form's errors as (id of the field, message), in its fields' order, for the error summary."""
    found: list[tuple[str, str]] = [("", str(message)) for message in form.non_field_errors()]
    for field in form:
        target = field.id_for_label or field.auto_id
        found.extend((target, message) for message in field_messages(field))
    return found
