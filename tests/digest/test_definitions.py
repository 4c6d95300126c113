from pathlib import Path

import pytest

from tests.digest.builders import DIGESTS, hebdo
from veille.config.digests import load_digest
from veille.errors import ConfigError, InputError


def instance(tmp_path: Path, text: str, **templates: str) -> list[Path]:
    folder = tmp_path / "digests" / "hebdo"
    folder.mkdir(parents=True)
    if text:
        (folder / "digest.yaml").write_text(text, encoding="utf-8")
    for name, source in templates.items():
        (folder / f"{name.replace('_', '.')}.jinja").write_text(source, encoding="utf-8")
    return [tmp_path / "digests", DIGESTS]


MINIMAL = (
    "version: 1\ntitle: Ma veille\nsections:\n  - {kind: seize, title: À saisir, max: 5, types: [appel-a-projets]}\n"
)


def test_shipped_digest_is_the_product_s_bulletin():
    digest = hebdo().digest
    assert [section.title for section in digest.sections] == [
        "À saisir", "Avec qui ?", "Échéances proches", "À comprendre", "Vos noms suivis", "Vie du réseau",
        "Fenêtre inter-filières",
    ]  # fmt: skip
    assert (digest.max_items, digest.essential, digest.fallback) == (12, 3, "hold")
    assert (digest.send.day, digest.send.at) == ("friday", "07:30")
    assert digest.section("window").max == 1  # type: ignore[union-attr]


def test_instance_file_wins_and_the_rest_is_the_shipped_one(tmp_path: Path):
    found = load_digest(instance(tmp_path, MINIMAL), "hebdo")
    assert found.digest.title == "Ma veille"
    assert found.trusted
    assert "body.html" in found.entry("body.html.jinja")


def test_own_template_is_not_trusted(tmp_path: Path):
    found = load_digest(instance(tmp_path, "", subject_txt="Bonjour"), "hebdo")
    assert found.sources["hebdo/subject.txt.jinja"] == "Bonjour"
    assert not found.trusted


@pytest.mark.parametrize(
    ("change", "line", "key", "cure"),
    [
        ("maxitems: 3", 5, "maxitems", "max_items"),
        ("max_items: 0", 5, "max_items", "≥ 1"),
        ("send: {day: friday, at: '02:30'}", 5, "send.at", "changements d'heure"),
        ("send: {day: vendredi}", 5, "send.day", "monday"),
        ("fallback: peut-etre", 5, "fallback", "hold"),
        ("window_hours: .inf", 5, "window_hours", ""),
        ("version: 1", 5, "version", ""),
    ],
)
def test_mistake_names_file_line_key_and_cure(tmp_path: Path, change: str, line: int, key: str, cure: str):
    with pytest.raises(ConfigError) as caught:
        load_digest(instance(tmp_path, MINIMAL + change + "\n"), "hebdo")
    assert (caught.value.line, caught.value.key) == (line, key)
    assert caught.value.file.endswith("digest.yaml")
    assert cure in str(caught.value)


def test_type_in_two_sections_is_refused(tmp_path: Path):
    text = MINIMAL + "  - {kind: understand, title: B, max: 1, types: [appel-a-projets]}\n"
    with pytest.raises(ConfigError, match="deux sections"):
        load_digest(instance(tmp_path, text), "hebdo")


def test_unknown_digest_suggests_the_nearest():
    with pytest.raises(InputError, match="hebdo"):
        load_digest([DIGESTS], "hebdi")


@pytest.mark.parametrize(
    "change", ["build: {day: monday}", "send: {day: monday, at: '11:00'}", "rhythm: weekly", "welcome: 5"]
)
def test_what_would_change_nothing_in_an_alert_is_refused_with_its_line(tmp_path: Path, change: str):
    folder = tmp_path / "digests" / "alerte"
    folder.mkdir(parents=True)
    (folder / "digest.yaml").write_text(f"version: 1\n{change}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="une alerte n'a pas de") as caught:
        load_digest([tmp_path / "digests", DIGESTS], "alerte")
    assert (caught.value.line, caught.value.key) == (2, change.partition(":")[0])
    assert "retirez" in caught.value.cure


def test_hours_of_an_alert_need_no_sending_hour_in_them(tmp_path: Path):
    folder = tmp_path / "digests" / "alerte"
    folder.mkdir(parents=True)
    (folder / "digest.yaml").write_text("rhythm: daily\nhours: {start: '09:00', end: '12:00'}\n", encoding="utf-8")
    assert load_digest([tmp_path / "digests", DIGESTS], "alerte").digest.hours.start == "09:00"
