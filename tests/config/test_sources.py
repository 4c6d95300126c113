import json
from datetime import timedelta
from pathlib import Path

import pytest

from veille.config.sources import json_schema, load_sources, parse_interval
from veille.errors import ConfigError
from veille.model import Family, Licence

ROOT = Path(__file__).resolve().parents[2]


TWO = """\
version: 1
sources:
- {{id: a, title: T, kind: feed, url: 'https://a.example/'}}
- {{id: {id}, title: T, kind: feed, url: '{url}'}}
"""


@pytest.fixture
def load(tmp_path):
    def load(text: str):
        path = tmp_path / "sources.yaml"
        path.write_text(text, encoding="utf-8")
        return load_sources(path)

    return load


def test_block_and_flow_style_give_the_same_sources(load):
    block = load("version: 1\nsources:\n- id: a\n  title: T\n  kind: feed\n  url: https://a.example/rss\n")
    flow = load("{version: 1, sources: [{id: a, title: T, kind: feed, url: 'https://a.example/rss'}]}")
    strip = lambda found: [(s.id, s.title, s.kind, s.url, s.every) for s in found.sources]  # noqa: E731
    assert strip(block) == strip(flow) == [("a", "T", "feed", "https://a.example/rss", None)]


def test_defaults_are_inherited_and_overridden(load):
    found = load(
        "version: 1\ndefaults: {every: 6h, licence: public, territory: 'fr:region:84'}\nsources:\n"
        "- {id: a, title: A, kind: feed, url: 'https://a.example/'}\n"
        "- {id: b, title: B, kind: feed, url: 'https://b.example/', every: 1m, licence: presse}\n"
    ).sources
    assert found[0].every == timedelta(hours=6)
    assert found[0].licence is Licence.PUBLIC
    assert found[0].territory == "fr:region:84"
    assert found[1].every == timedelta(minutes=1)
    assert found[1].licence is Licence.PRESS


def test_a_source_may_say_which_part_of_the_watch_it_serves(load):
    line = "version: 1\nsources:\n- {id: a, title: A, kind: feed, url: 'https://a.example/'%s}\n"
    assert load(line % "").sources[0].family is None
    assert load(line % ", family: marches-publics").sources[0].family is Family.PROCUREMENT
    with pytest.raises(ConfigError, match=r"valeur 'presse' inconnue — valeurs admises : .*'presse-professionnelle'"):
        load(line % ", family: presse")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sourecs: []\n", r"ligne 1, clé « sourecs » : clé inconnue « sourecs » — vouliez-vous « sources » \?"),
        ("version: 1\nsources:\n- id: a\n  tilte: T\n  kind: feed\n  url: https://a.example/\n",
         r"ligne 4, clé « sources\.0\.tilte » : clé inconnue « tilte » — vouliez-vous « title »"),
        ("version: 1\nsources:\n- id: a\n  title: T\n  kind: feed\n  url: ftp://a.example/\n",
         r"ligne 6, clé « sources\.0\.url » : valeur 'ftp://a\.example/' refusée — une adresse commence par http"),
        ("version: 1\nsources:\n- {id: a, title: T, kind: feed, url: 'https://a.example/', every: 10s}\n",
         r"ligne 3, clé « sources\.0\.every » : valeur '10s' refusée — intervalle"),
        ("version: 2\nsources: []\n", r"ligne 1, clé « version » : valeur 2 inconnue — valeurs admises : 1"),
        ("version: 1\nsources:\n- id: a\n", r"clé obligatoire absente — ajoutez « title »"),
        (TWO.format(id="a", url="https://b.example/"), r"ligne 4, clé « id » : identifiant « a » déjà pris"),
        (TWO.format(id="b", url="https://a.example/"), r"ligne 4, clé « url » : adresse déjà donnée ligne 3"),
        ("version: 1\nsources:\n- {id: a, title: T, kind: feed, url: 'https://a.example/', territory: AURA}\n",
         r"ligne 3, clé « sources\.0\.territory » : .* — territoire, identifiant GeoZones"),
        ("- a\n", r"ne contient pas de sources"),
        ("", r"ne contient pas de sources"),
    ],
)  # fmt: skip
def test_an_error_names_file_line_key_cause_and_cure(load, text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        load(text)
    assert "sources.yaml" in str(caught.value)


def test_an_unknown_id_is_answered_with_the_nearest(load):
    found = load("version: 1\nsources:\n- {id: ademe, title: A, kind: feed, url: 'https://a.example/'}\n")
    assert [s.id for s in found.named(["ademe"])] == ["ademe"]
    with pytest.raises(ConfigError, match="vouliez-vous « ademe »"):
        found.named(["adem"])


@pytest.mark.parametrize("text", ["0m", "30s", "-1h", "1.5h", "40d", "", "1 fois"])
def test_a_bad_interval_is_refused(text):
    with pytest.raises(ValueError, match="intervalle"):
        parse_interval(text)


def test_the_committed_json_schema_is_the_one_the_code_gives():
    committed = json.loads((ROOT / "docs/reference/sources.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema()


def test_a_file_that_did_not_change_is_not_checked_twice_and_an_edit_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    line = "{id: a, title: A, kind: feed, url: 'https://a.exemple/'}"
    path.write_text(f"version: 1\nsources: [{line}]\n", encoding="utf-8")
    first = load_sources(path)
    assert load_sources(path) is first
    path.write_text(f"version: 1\nsources: [{line.replace('title: A', 'title: B')}]\n", encoding="utf-8")
    assert load_sources(path).sources[0].title == "B"
