"""The bulletin as a reader sees it: a phone's width, light and dark, in a real browser."""

import html
import json
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.chromium

#: Runs in the mail: its overflow, its smallest text and its weakest contrast (WCAG 1.4.3) with the words concerned.
PROBE = """
<script>
addEventListener('load', () => {
  const lum = c => { const v = c.map(x => x / 255).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const rgba = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const back = node => { for (let e = node; e; e = e.parentElement) {
    const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > .99) return c.slice(0, 3);
  } return [255, 255, 255]; };
  let worst = {ratio: 99}, small = {size: 99};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), e = walk.currentNode.parentElement, style = getComputedStyle(e);
    if (!text || !e.getClientRects().length || /SCRIPT|STYLE|TITLE/.test(e.tagName)) continue;
    if (style.display === 'none' || parseFloat(style.fontSize) < 2 || style.opacity === '0') continue;
    const a = lum(rgba(style.color).slice(0, 3)), b = lum(back(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst.ratio) worst = {ratio, text: text.slice(0, 60)};
    const size = parseFloat(style.fontSize); if (size < small.size) small = {size, text: text.slice(0, 60)};
  }
  parent.postMessage({width: document.documentElement.scrollWidth, seen: innerWidth, worst, small,
    background: getComputedStyle(document.body).backgroundColor}, '*');
});
</script>
"""

PAGE = """<!doctype html><html><body><iframe width="{width}" height="2000" srcdoc="{mail}"></iframe><pre id="out"></pre>
<script>addEventListener('message', e => document.getElementById('out').textContent = JSON.stringify(e.data))</script>
</body></html>"""


@pytest.fixture(scope="module")
def mail(demo) -> str:
    return max(((demo.folder / one.html).read_text(encoding="utf-8") for one in demo.last.mails), key=len)


def look(chromium: str, folder: Path, mail: str, *, width: int, dark: bool) -> dict:
    page = folder / "page.html"
    page.write_text(
        PAGE.format(width=width, mail=html.escape(mail.replace("</body>", f"{PROBE}</body>"))), encoding="utf-8"
    )
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}", "--window-size=1200,2200", "--virtual-time-budget=3000",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-500:]
    assert found[1], "the mail said nothing of itself"
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize("width", [375, 600, 1000])
def test_nothing_overflows(chromium, tmp_path, mail, width):
    seen = look(chromium, tmp_path, mail, width=width, dark=False)
    assert seen["width"] <= seen["seen"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_word_can_be_read(chromium, tmp_path, mail, dark):
    seen = look(chromium, tmp_path, mail, width=375, dark=dark)
    assert seen["worst"]["ratio"] >= 4.5, seen["worst"]
    assert seen["small"]["size"] >= 12, seen["small"]


def test_dark_mode_is_another_page(chromium, tmp_path, mail):
    light = look(chromium, tmp_path, mail, width=375, dark=False)
    dark = look(chromium, tmp_path, mail, width=375, dark=True)
    assert light["background"] != dark["background"]
