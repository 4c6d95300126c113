"""The bulletin before what its readers' mail clients support, and before axe-core in a real browser."""

import html
import json
import re
import subprocess
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.digest.test_render import drawn, full

HERE = Path(__file__).parent / "node"
KNOWN = yaml.safe_load((Path(__file__).parents[1] / "data" / "mail_clients.yaml").read_text(encoding="utf-8"))
#: Rules for pages that stand alone: a mail is shown inside one that has landmarks.
NOT_FOR_MAILS = ("region", "landmark-one-main")
AUDIT = """<pre id="out"></pre><script>{axe}</script><script>
axe.run(document, {{rules: {rules}, resultTypes: ['violations']}}).then(done => {{
  document.getElementById('out').textContent = JSON.stringify({{passes: done.passes.length,
    violations: done.violations.map(one => [one.id, one.impact, one.nodes.map(node => node.html)])}});
}});
</script>"""


@pytest.fixture(scope="module")
def mail() -> str:
    """A bulletin with every kind of line, comment, word, welcome and notice."""
    shown = full()
    first = replace(shown.sections[0].lines[0], comment="Nous y répondons avec le CHU : dites-le-nous.")
    sections = (replace(shown.sections[0], lines=(first, *shown.sections[0].lines[1:])), *shown.sections[1:])
    shown = replace(shown, sections=sections, opening="Bienvenue.", origin="Premier envoi à cette adresse.")
    frame: dict[str, Any] = {
        "notice": "Sélection automatique, non relue", "word": "Une semaine de salons.", "footer": "Pôle labellisé.",
        "logo_width": 160, "logo_height": 40,
    }  # fmt: skip
    return drawn(shown, **frame).html


@pytest.fixture(scope="module")
def findings(node: str, mail: str) -> dict[tuple[str, str], set[str]]:
    """What is not wholly supported: (support, feature) → clients."""
    command = [node, "mail_clients.mjs"]
    done = subprocess.run(command, cwd=HERE, input=mail, capture_output=True, text=True, timeout=60, check=True)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in done.stdout.splitlines():
        support, client, feature = line.split("\t")
        found[support, feature].add(client)
    return found


def test_mail_clients_support_it_but_for_what_is_known_and_harmless(findings):
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in KNOWN:
        for support in ("errors", "warnings"):
            for feature in one["features"]:
                known[support, feature] |= set(one.get(support, ()))
    new = {what: clients - known[what] for what, clients in findings.items() if clients - known[what]}
    assert new == {}


def test_nothing_is_allowed_that_the_mail_does_not_need(findings):
    needed = {feature for _, feature in findings}
    assert {feature for one in KNOWN for feature in one["features"]} == needed
    assert all(one["reason"] for one in KNOWN)


@pytest.mark.chromium
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(node: str, chromium: str, tmp_path: Path, mail: str, *, dark: bool) -> None:
    assert node
    axe = (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    rules = json.dumps({name: {"enabled": False} for name in NOT_FOR_MAILS})
    page = tmp_path / "mail.html"
    page.write_text(mail.replace("</body>", AUDIT.format(axe=axe, rules=rules) + "</body>"), encoding="utf-8")
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=800,3000", "--virtual-time-budget=20000",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-500:]
    assert found[1], "axe said nothing"
    told = json.loads(html.unescape(found[1]))
    assert told["violations"] == []
    assert told["passes"] >= 15
