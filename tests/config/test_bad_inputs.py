"""Every hostile configuration of the shared list meets its rule, under the house's own keys; an unknown id fails."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.bad_inputs import cases
from veille.config.digests import load_digest
from veille.config.settings import load_settings
from veille.config.sources import load_sources
from veille.digest.editions import edition
from veille.errors import ConfigError

PARIS = ZoneInfo("Europe/Paris")
DIGESTS = Path(__file__).resolve().parents[2] / "digests"

#: YAML itself is in test_yaml_source.py, templates are in tests/digest.
ELSEWHERE = {"yaml", "template"}


def refused(read: Callable[[Path], Any], path: Path, text: str, *words: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read(path)
    message = str(caught.value)
    assert all(word in message for word in (path.name, *words)), message


def unknown_key(tmp_path: Path, _case: dict[str, Any]) -> None:
    refused(load_sources, tmp_path / "sources.yaml", "sourecs: []\n", "« sourecs »", "vouliez-vous « sources »")


def out_of_range(tmp_path: Path, _case: dict[str, Any]) -> None:
    """Each of -1, 0, .inf, 99999 and an unknown language, where our files have such keys."""
    line = "- {{id: a, title: A, kind: feed, url: 'https://a.example/', {}}}\n"
    for value, words in (("every: 0m", "de 1m à 31d"), ("language: xx", "valeurs admises"), ("every: 999w", "31d")):
        refused(
            load_sources, tmp_path / "sources.yaml", f"version: 1\nsources:\n{line.format(value)}", words, "ligne 3"
        )
    toml = tmp_path / "veille.toml"
    for text, words in (
        ("[fetch]\nmax_bytes = -1\n", "≥ 10000"),
        ("[fetch]\ndeadline = inf\n", "fini"),
        ("[fetch]\nconcurrency = 99999\n", "≤ 200"),
    ):
        refused(lambda path: load_settings(path.parent, {}), toml, text, words, "ligne 2")


def bad_time(tmp_path: Path, _case: dict[str, Any]) -> None:
    text = "[cluster]\ntimezone = 'Europe/Pariss'\n"
    refused(lambda path: load_settings(path.parent, {}), tmp_path / "veille.toml", text, "fuseau inconnu")
    digest = tmp_path / "digests/mien/digest.yaml"
    digest.parent.mkdir(parents=True)
    head = "version: 1\ntitle: T\nsections: [{kind: seize, title: À saisir, max: 3}]\n"
    for moment, words in (("61:00", "HH:MM"), ("02:30", "changements d'heure")):
        text = f"{head}send: {{day: friday, at: '{moment}'}}\n"
        refused(lambda path: load_digest([path.parents[1], DIGESTS], "mien"), digest, text, words, "send.at")


def same_local_hour(_tmp_path: Path, _case: dict[str, Any]) -> None:
    weekly = load_digest([DIGESTS], "hebdo").digest
    before = edition(weekly, datetime(2026, 10, 19, 8, tzinfo=UTC), PARIS).send_at
    after = edition(weekly, datetime(2026, 10, 26, 8, tzinfo=UTC), PARIS).send_at
    assert after - before == timedelta(weeks=1, hours=1)
    assert {instant.astimezone(PARIS).time().isoformat() for instant in (before, after)} == {"07:30:00"}


def secret(tmp_path: Path, _case: dict[str, Any]) -> None:
    (tmp_path / "veille.toml").write_text(
        "database_url = 'postgresql://u:s3cret@h/db'\n[mail]\nurl = 'smtp://u:s3cret@h'\n", encoding="utf-8"
    )
    settings = load_settings(tmp_path, {})
    assert "s3cret" not in repr(settings) + str(settings) + str(settings.redacted())


HANDLED = {
    "CFG-009": unknown_key,
    "CFG-010": out_of_range,
    "CFG-011": bad_time,
    "CFG-013": same_local_hour,
    "CFG-014": secret,
}


@pytest.mark.parametrize("name", sorted(HANDLED))
def test_the_rule_behind_a_hostile_configuration(name, tmp_path):
    HANDLED[name](tmp_path, {})


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("config"))
def test_every_hostile_configuration_is_handled(case):
    assert case["class"] in ELSEWHERE or case["id"] in HANDLED, f"nobody handles {case['id']}"
