"""What a page may cost: accessibility by axe, its weight, its requests and its nodes."""

from __future__ import annotations

import gzip

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

MOST_BYTES, MOST_HTML, MOST_REQUESTS, MOST_NODES = 100_000, 40_000, 8, 3_500


def serious_faults(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds serious or critical on the page: the rule and the first element."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]


def open_within_budget(page: Page, address: str) -> None:
    """Open an address; its page and what it asks for stay within the budget, plotly and charts apart."""
    responses: list[Response] = []

    def keep(response: Response) -> None:
        responses.append(response)

    page.on("response", keep)
    page.goto(address)
    page.wait_for_load_state("load")
    page.remove_listener("response", keep)
    own = [r for r in responses if r.status == 200 and "plotly" not in r.url and "bieu-do" not in r.url]
    assert len(own) <= MOST_REQUESTS, address
    bodies = {r.url: page.request.get(r.url).body() for r in own}
    sizes = {url: len(body if url.endswith("woff2") else gzip.compress(body)) for url, body in bodies.items()}
    assert sum(sizes.values()) <= MOST_BYTES, (address, sizes)
    assert sizes[page.url] <= MOST_HTML, (address, sizes)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes <= MOST_NODES, (address, nodes)
