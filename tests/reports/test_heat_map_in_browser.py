"""The heat map as it is seen: on a phone, with fewer colours, in forced colours, on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from indicators.models import State
from targets.models import PlanState
from tests.browser.budgets import serious_faults
from tests.browser.people import log_in
from tests.builders import make_person
from tests.reports.heat import assign_more, make_indicators
from tests.reports.tables import make_scene
from units.models import Role

MARKS = {"met": "▲", "near": "≈", "behind": "▼", "far": "▼▼"}
STYLE = "(cell, name) => getComputedStyle(cell)[name]"


@pytest.fixture
def heat(live_server: LiveServer, page: Page) -> Page:
    """Forty communes by nine indicators: eight assigned, with every band; the last one beside its median."""
    scene = make_scene(40)
    plan = scene.assign({}, is_issued=False)
    *assigned, last = make_indicators(9)
    for indicator in assigned:
        rates = ("95", "88", "75", "40", State.NOT_ARISING)
        scene.record(
            {unit: rates[place % 5] for place, unit in enumerate(scene.communes)}, indicator=indicator
        )
        assign_more(plan, indicator, dict.fromkeys(scene.communes, "90"))
    scene.record({unit: str(place) for place, unit in enumerate(scene.communes)}, indicator=last)
    plan.state = PlanState.ISSUED
    plan.save()
    make_person("lanhdao", role=Role.LEADER, unit=scene.province)
    address = "/ban-do-nhiet/"
    log_in(page, "lanhdao", password="matkhau-kiem-thu", site=live_server.url, then=address)
    page.wait_for_url(f"{live_server.url}{address}")
    return page


def test_on_a_phone_the_table_scrolls_inside_its_region_and_names_stay_in_sight(heat: Page) -> None:
    heat.set_viewport_size({"width": 360, "height": 740})
    assert heat.evaluate("document.documentElement.scrollWidth") <= 360
    region = heat.get_by_role("region", name="Bản đồ nhiệt")
    name = heat.locator("table.heat tbody:not(.sums) th").first
    last = heat.locator("table.heat thead th").last
    name.scroll_into_view_if_needed()
    before = name.bounding_box()
    region.focus()

    region.evaluate("region => region.scrollLeft = 10000")

    after, heading = name.bounding_box(), last.bounding_box()
    assert before
    assert after
    assert heading
    assert after["x"] == pytest.approx(before["x"], abs=1)
    assert heading["x"] + heading["width"] <= 360
    assert after["width"] <= 160


def test_on_a_desk_the_headings_stay_while_the_rows_scroll(heat: Page) -> None:
    heat.set_viewport_size({"width": 1366, "height": 768})
    region = heat.get_by_role("region", name="Bản đồ nhiệt")
    region.evaluate("region => region.scrollTo(0, 500)")

    top = region.evaluate("region => region.getBoundingClientRect().top")
    box = heat.locator("table.heat thead th").nth(2).bounding_box()
    assert box
    assert box["y"] == pytest.approx(top, abs=2)


@pytest.mark.parametrize("width", [1366, 360])
def test_axe_finds_nothing_serious(heat: Page, width: int) -> None:
    heat.set_viewport_size({"width": width, "height": 768})
    assert serious_faults(heat) == []


@pytest.mark.parametrize("deficiency", ["protanopia", "deuteranopia", "achromatopsia"])
def test_whoever_sees_fewer_colours_tells_the_bands_apart_by_mark_and_number(
    heat: Page, deficiency: str
) -> None:
    heat.context.new_cdp_session(heat).send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})

    for css, mark in MARKS.items():
        cell = heat.locator(f"table.heat td.{css}").first
        expect(cell).to_be_visible()
        number, _, shown = cell.inner_text().partition(" ")
        assert (number[0].isdigit(), shown) == (True, mark)
        expect(heat.get_by_role("list", name="Chú giải")).to_contain_text(f"{mark} ")
    assert serious_faults(heat) == []


def test_on_paper_grounds_are_gone_marks_and_headings_are_there_and_the_choice_is_told(heat: Page) -> None:
    heat.emulate_media(media="print")

    assert heat.locator("table.heat thead").evaluate(STYLE, "display") == "table-header-group"
    assert heat.locator("table.heat tbody tr").first.evaluate(STYLE, "breakInside") == "avoid"
    for css, mark in MARKS.items():
        cell = heat.locator(f"table.heat td.{css}").first
        assert cell.evaluate(STYLE, "backgroundColor") == "rgba(0, 0, 0, 0)"
        assert cell.evaluate(STYLE, "color") == "rgb(0, 0, 0)"
        assert mark in cell.inner_text()
    assert heat.locator("table.heat td.far").first.evaluate(STYLE, "outlineStyle") == "solid"
    expect(heat.locator("form.filter")).to_be_hidden()
    expect(heat.locator("h1")).to_have_text("Bản đồ nhiệt cấp xã, Quý I/2023")
    expect(heat.locator(".source").first).to_contain_text("Tỉnh Quảng Ninh")
    expect(heat.get_by_role("list", name="Chú giải")).to_be_visible()
    expect(heat.locator(".foot-date")).to_be_visible()
    # A4 landscape without its margins is 956 pixels wide: no column is cut off.
    heat.set_viewport_size({"width": 956, "height": 700})
    assert heat.evaluate("document.documentElement.scrollWidth") <= 956


def test_in_forced_colours_what_is_judged_keeps_an_edge(heat: Page) -> None:
    heat.emulate_media(forced_colors="active")

    assert heat.locator("table.heat td.met").first.evaluate(STYLE, "borderTopStyle") == "solid"


def test_going_back_up_by_the_keyboard_no_name_is_behind_the_heading(heat: Page) -> None:
    heat.set_viewport_size({"width": 1366, "height": 768})
    heat.locator("table.heat tbody:not(.sums) th a").last.focus()
    hidden = []
    for _ in range(38):
        heat.keyboard.press("Shift+Tab")
        name, top, bottom = heat.evaluate(
            """() => {
                const focused = document.activeElement.getBoundingClientRect();
                const heading = document.querySelector(".heat thead th:nth-child(2)").getBoundingClientRect();
                return [document.activeElement.textContent, focused.top, heading.bottom];
            }"""
        )
        if top < bottom - 0.5:
            hidden.append((name, top, bottom))
    assert hidden == []
