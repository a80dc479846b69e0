"""What Excel puts on the clipboard, pasted where the focus is."""

from playwright.sync_api import Page

PASTE = """
text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}
"""


def paste(page: Page, text: str) -> None:
    """Paste tab-separated lines."""
    page.evaluate(PASTE, text)
