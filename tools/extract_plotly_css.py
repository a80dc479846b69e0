# ruff: noqa: INP001
"""Write static/vendor/plotly/plotly.css: the rules that plotly.js would put into a <style> of its own.

    python tools/extract_plotly_css.py [--chromium /usr/bin/chromium]

Our Content-Security-Policy allows no inline style. plotly leaves its rules alone when the page already has
<link id="plotly.js-style-global" class="no-inline-styles">, so they are read once, in Chromium, from a page
without a policy. Run it again after each new plotly.js, and put the new checksums (sha256sum of each file)
into static/vendor/VERSIONS.md.
"""

import argparse
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor" / "plotly"
READ_RULES = """() => {
    const style = document.getElementById('plotly.js-style-global');
    if (!style) throw new Error('plotly.js has made no #plotly.js-style-global');
    return Array.from(style.sheet.cssRules).map(rule => rule.cssText);
}"""
VERSION = re.compile(r"plotly\.js \(basic - minified\) v([0-9.]+)")


def extract(*, chromium: str) -> str:
    """Return the style sheet's text; needs Chromium and Playwright."""
    script = VENDOR / "plotly-basic.min.js"
    version = VERSION.search(script.read_text(encoding="utf-8")[:500])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<!doctype html><div id='chart'></div>")
        page.add_script_tag(path=script)
        page.evaluate("() => Plotly.newPlot('chart', [{y: [1, 2]}], {})")
        rules = page.evaluate(READ_RULES)
        browser.close()
    name = f"plotly.js {version[1]}" if version else "plotly.js"
    head = f"/* Rules of #plotly.js-style-global, {name} (MIT), read by tools/extract_plotly_css.py. */\n"
    return head + "".join(f"{rule}\n" for rule in rules)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    sheet = extract(chromium=parser.parse_args().chromium)
    (VENDOR / "plotly.css").write_text(sheet, encoding="utf-8")


if __name__ == "__main__":
    main()
