"""How figures look: the filters and the small drawings."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from django import forms
from django.template import Context, Template

from dvctt.lib import display


def test_a_missing_figure_is_a_dash_never_zero_and_never_blank() -> None:
    for show in (display.vi_number, display.vi_rate, display.vi_points, display.vi_date, display.vi_datetime):
        assert show(None) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("98.0555"), "98,06"), (100, "100,00"), (Decimal(0), "0,00"), ("7.7114", "7,71")],
)
def test_a_rate_has_two_decimals_and_a_true_zero_is_printed(value: object, shown: str) -> None:
    assert display.vi_rate(value) == shown


def test_counts_are_grouped_by_dots_and_points_carry_their_sign() -> None:
    assert display.vi_number(1234567) == "1.234.567"
    assert display.vi_number(Decimal("87.25"), 1) == "87,3"
    assert display.vi_points(Decimal("1.3")) == "+1,30"
    assert display.vi_points(Decimal("-33.49")) == "−33,49"


def test_a_moment_is_shown_in_local_time_which_may_be_the_next_day() -> None:
    moment = datetime(2023, 8, 22, 18, 5, tzinfo=UTC)
    assert display.vi_datetime(moment) == "01:05 23/8/2023"
    assert display.vi_date(moment) == "23/8/2023"
    assert display.vi_date(date(2023, 8, 22)) == "22/8/2023"


@pytest.mark.parametrize(
    ("status", "html"),
    [
        ("met", '<span class="band met">▲ Đạt</span>'),
        ("near", '<span class="band near">≈ Gần đạt</span>'),
        ("behind", '<span class="band behind">▼ Chưa đạt</span>'),
        ("far", '<span class="band far">▼▼ Còn xa</span>'),
        ("maintain", '<span class="band met">▲ Duy trì</span>'),
        ("none", '<span class="band none">Không xét</span>'),
        (None, '<span class="band none">Không xét</span>'),
        ("<script>", '<span class="band none">Không xét</span>'),
    ],
)
def test_a_band_has_its_mark_and_word(status: str | None, html: str) -> None:
    assert display.band(status) == html


def test_a_band_takes_a_status_of_an_enumeration_and_escapes_another_word() -> None:
    class Status(StrEnum):
        MET = "met"

    assert display.band(Status.MET, word="<b>") == '<span class="band met">&lt;b&gt;</span>'


def test_a_bar_says_the_rate_and_the_target_and_draws_both() -> None:
    drawing = display.bar(value=Decimal("72.48"), target=Decimal(90), status="behind", low=50, high=100)
    assert 'aria-label="72,48\N{NO-BREAK SPACE}%, chỉ tiêu 90\N{NO-BREAK SPACE}%"' in drawing
    assert '<rect class="fill-behind" width="45.0%"' in drawing
    assert '<line class="tick" x1="80.0%" x2="80.0%"' in drawing


def test_nothing_is_drawn_without_a_rate() -> None:
    assert display.bar(value=None, target=90, status="met") == ""


def test_a_bar_escapes_its_label_and_knows_only_its_own_fills() -> None:
    drawing = display.bar(value=50, status='"><script>', label='Xã "A" <b>')
    assert "<script" not in drawing
    assert "<b>" not in drawing
    assert 'class="fill-none"' in drawing
    assert "Xã &quot;A&quot; &lt;b&gt;" in drawing


def test_a_bar_stays_inside_its_axis_and_a_target_outside_it_has_no_tick() -> None:
    assert 'width="0.0%"' in display.bar(value=30, target=45, low=50)
    assert "tick" not in display.bar(value=30, target=45, low=50)
    assert 'class="fill-met" width="100.0%"' in display.bar(value=130, status="maintain")


@pytest.mark.parametrize(
    ("change", "tone", "spoken"),
    [
        (12, "move up", "tăng 12 bậc"),
        (-33, "move down", "giảm 33 bậc"),
        (4, "move", "tăng 4 bậc"),
        (0, "move", "giữ hạng"),
    ],
)
def test_a_change_of_rank_is_spoken_and_stays_grey_under_five_places(
    change: int, tone: str, spoken: str
) -> None:
    drawn = display.move(change)
    assert f'class="{tone}"' in drawn
    assert spoken in drawn


def test_an_unknown_change_of_rank_is_a_dash() -> None:
    assert "–" in display.move(None)


def test_the_tags_are_there_in_every_template_without_loading() -> None:
    template = Template("{% bar value=v status='met' %}{% band 'met' %}{{ v|vi_rate }}{{ n|vi_number }}")
    written = template.render(Context({"v": Decimal(91), "n": 1786}))
    assert written.startswith("<svg")
    assert written.endswith("91,001.786")


class AskForm(forms.Form):
    unit = forms.CharField(label="Đơn vị")
    period = forms.ChoiceField(label="Kỳ", choices=[("1", "Quý I")])
    kpi = forms.CharField(label="KPI", error_messages={"required": "Thiếu KPI"})
    sure = forms.BooleanField(label="Đã đối chiếu")

    def clean(self) -> None:
        raise forms.ValidationError("Kỳ này đã khoá <i>")


def test_a_summary_of_errors_stands_alone_and_links_to_the_fields() -> None:
    assert display.errors_of(AskForm({})) == [
        ("", "Kỳ này đã khoá <i>"),
        ("id_unit", "Nhập đơn vị"),
        ("id_period", "Chọn kỳ"),
        ("id_kpi", "Thiếu KPI"),
        ("id_sure", "Đánh dấu ô “Đã đối chiếu”"),
    ]


def test_the_summary_escapes_and_the_field_says_the_same_words() -> None:
    source = (
        '{% include "_components/error_summary.html" with errors=form|errors_of only %}'
        '{% include "_components/field.html" with field=form.unit only %}'
    )
    page = Template(source).render(Context({"form": AskForm({})}))
    assert "Kỳ này đã khoá &lt;i&gt;" in page
    assert '<a href="#id_unit">Nhập đơn vị</a>' in page
    assert 'id="id_unit_error"><span class="sr">Lỗi: </span>Nhập đơn vị</p>' in page
    assert 'aria-describedby="id_unit_error"' in page
