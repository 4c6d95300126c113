"""Choosing: names become filières and territories, and decide which sources of a catalogue are on."""

from pathlib import Path

import pytest

from veille.config import instance
from veille.config.choosing import Choice, is_wanted, proposal, read_sectors, read_territories, summary, switched
from veille.config.chosen import remembered
from veille.config.gazetteer import load_gazetteer
from veille.config.sources import load_sources
from veille.config.taxonomy import load_taxonomy
from veille.errors import InputError
from veille.model import Family, Source

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT,)

CATALOGUE = """\
# Tête.
version: 1
sources:
  # ── Un groupe
  - id: nationale
    title: "Nationale"
    kind: feed
    url: "https://n.example/rss"   # enabled: false n'est pas une clé ici
    territory: country:fr

  # ── Un autre
  - id: bretonne
    title: "Bretonne"
    kind: page
    url: "https://b.example/aides"
    territory: fr:region:53
    enabled: false
    recipe:
      item: "li"
  - id: forestiere
    title: "Forestière"
    kind: feed
    url: "https://f.example/rss"
    sectors: [bois-foret]
"""


@pytest.fixture(scope="module")
def taxonomy():
    return load_taxonomy(FOLDERS)


@pytest.fixture(scope="module")
def gazetteer():
    return load_gazetteer(FOLDERS)


def source(**given):
    return Source(**({"id": "a", "title": "A", "kind": "feed", "url": "https://a.example/"} | given))


@pytest.mark.parametrize(
    ("written", "slugs"),
    [
        ("agroalimentaire,sante", ("agroalimentaire", "sante")),
        ("Agroalimentaire et nutrition-santé", ("agroalimentaire",)),
        ("Forêt, bois et ameublement", ("bois-foret",)),
        ("CYBERSÉCURITÉ ; cosmétique", ("numerique-confiance", "cosmetique-parfumerie")),
        ("santé, , sante", ("sante",)),
        ("Santé, biotechnologies et dispositifs médicaux", ("sante",)),
        ("Nutrition", ("agroalimentaire",)),
        ("", ()),
    ],
)
def test_filieres_are_read_as_ids_labels_or_words_of_a_label(taxonomy, written, slugs):
    assert read_sectors(written, taxonomy) == slugs


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("agroalimantaire", "filière inconnue « agroalimantaire » — vouliez-vous « agroalimentaire »"),
        ("hydrogen", "filière inconnue « hydrogen » — vouliez-vous « energies »"),
        ("xyzzy", "filière inconnue « xyzzy » — donnez l'une de : aeronautique-spatial, "),
        ("services", "filière « services » ambiguë — écrivez "),
    ],
)
def test_an_unknown_filiere_is_refused_with_the_nearest(taxonomy, written, message):
    with pytest.raises(InputError) as caught:
        read_sectors(written, taxonomy)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("fr:region:84", ("fr:region:84",)),
        ("Auvergne-Rhône-Alpes, bretagne", ("fr:region:84", "fr:region:53")),
        ("puy de dôme ; 2A", ("fr:departement:63", "fr:departement:2A")),
        ("La Réunion", ("fr:region:04",)),
        ("Alsace", ("fr:region:44",)),
        ("fr:epci:200071199", ("fr:epci:200071199",)),
    ],
)
def test_territories_are_read_as_ids_names_or_numbers(gazetteer, written, codes):
    assert read_territories(written, gazetteer) == codes


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("Bretange", "territoire inconnu « Bretange » — vouliez-vous « Bretagne » ?"),
        ("fr:region:999", "territoire inconnu « fr:region:999 »"),
        ("Qqqqq", "— donnez une région, un département ou son numéro"),
    ],
)
def test_an_unknown_territory_is_refused_with_the_nearest(gazetteer, written, message):
    with pytest.raises(InputError) as caught:
        read_territories(written, gazetteer)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"territory": "country:fr"}, True),
        ({"territory": "country-group:ue", "enabled": False}, False),
        ({}, True),
        ({"territory": "fr:region:84", "enabled": False}, True),
        ({"territory": "fr:departement:63", "enabled": False}, True),
        ({"territory": "fr:departement:69"}, True),
        ({"territory": "fr:region:53"}, False),
        ({"territory": "fr:region:84", "enabled": False, "experimental": True}, True),
        ({"sectors": ("sante",)}, True),
        ({"sectors": ("bois-foret",)}, False),
        ({"territory": "fr:region:84", "sectors": ("bois-foret",)}, False),
    ],
)
def test_a_source_is_wanted_where_it_serves_the_cluster(gazetteer, given, wanted):
    choice = Choice(sectors=("sante", "agroalimentaire"), territories=("fr:region:84", "fr:departement:63"))
    assert is_wanted(source(**given), choice, gazetteer) is wanted


def test_what_was_not_chosen_stays_as_it_ships(gazetteer):
    regional = source(territory="fr:region:53", enabled=False)
    assert not is_wanted(regional, Choice(sectors=("sante",)), gazetteer)
    assert is_wanted(source(sectors=("bois-foret",)), Choice(territories=("fr:region:53",)), gazetteer)


def test_a_department_chosen_brings_the_sources_of_its_region(gazetteer):
    regional = source(territory="fr:region:84", enabled=False)
    assert is_wanted(regional, Choice(territories=("fr:departement:63",)), gazetteer)


def test_switching_changes_only_the_lines_that_switch():
    changed = switched(CATALOGUE, {"nationale": False, "bretonne": True, "forestiere": False})
    expected = (
        CATALOGUE.replace("    territory: country:fr\n", "    territory: country:fr\n    enabled: false\n")
        .replace("    territory: fr:region:53\n    enabled: false\n", "    territory: fr:region:53\n")
        .replace("    sectors: [bois-foret]\n", "    sectors: [bois-foret]\n    enabled: false\n")
    )  # fmt: skip
    assert changed == expected
    assert switched(changed, {"nationale": True, "bretonne": False, "forestiere": True}) != changed


def test_switching_twice_is_switching_once(tmp_path):
    wanted = {"nationale": False, "bretonne": True}
    once = switched(CATALOGUE, wanted)
    assert switched(once, wanted) == once
    (tmp_path / "sources.yaml").write_text(once, encoding="utf-8")
    on = {one.id: one.enabled for one in load_sources(tmp_path / "sources.yaml").sources}
    assert on == {"nationale": False, "bretonne": True, "forestiere": True}


def test_the_summary_counts_each_family():
    found = [source(family=Family.FUNDING), source(family=Family.FUNDING, enabled=False), source()]
    assert summary(found) == ["2 sources allumées sur 3 :", "  financeurs : 1 sur 2", "  sans famille : 1 sur 1"]


def test_a_proposal_names_only_what_would_change():
    own = [source(id="a", enabled=False), source(id="b"), source(id="c"), source(id="mienne", enabled=False)]
    assert proposal(own, {"a": True, "b": False, "c": True}) == "allumer  a : A\néteindre b : A"


# ── an instance that chose ───────────────────────────────────────────────────────────────────────────────────────────
AUVERGNE = Choice(sectors=("agroalimentaire",), territories=("fr:departement:63",))


def enabled(home):
    return {one.id for one in load_sources(home / "sources.yaml").sources if one.enabled}


def test_an_instance_is_made_with_its_name_and_its_sources(tmp_path):
    instance.create(tmp_path, cluster='Pôle « Goût "&" Santé »', choice=AUVERGNE)
    assert 'name = "Pôle « Goût \\"&\\" Santé »"' in (tmp_path / "veille.toml").read_text(encoding="utf-8")
    assert remembered(tmp_path / "var/shipped") == AUVERGNE
    verdicts = {change.path: change.verdict for change in instance.create(tmp_path, choice=AUVERGNE)}
    assert verdicts["sources.yaml"] == "gardé : déjà selon ce choix"


def test_an_unedited_instance_follows_another_choice_and_another_name(tmp_path):
    instance.create(tmp_path)
    shipped = enabled(tmp_path)
    changes = instance.create(tmp_path, cluster="Bois d'Auvergne", choice=Choice(sectors=("bois-foret",)))
    assert [change.verdict for change in changes[:2]] == ["nommé", "mis à jour selon ce choix"]
    assert enabled(tmp_path) < shipped
    again = instance.create(tmp_path, cluster="Bois du Massif central", choice=Choice())
    assert [change.verdict for change in again[:2]] == ["nommé", "mis à jour selon ce choix"]
    assert enabled(tmp_path) == shipped


def test_an_edited_instance_is_kept_and_told_what_the_choice_would_change(tmp_path):
    instance.create(tmp_path, cluster="Un")
    for name in ("sources.yaml", "veille.toml"):
        path = tmp_path / name
        path.write_text(path.read_text(encoding="utf-8") + "# ma note\n", encoding="utf-8")
    before = [(tmp_path / name).read_bytes() for name in ("sources.yaml", "veille.toml")]
    settings, sources, _ = instance.create(tmp_path, cluster="Deux", choice=AUVERGNE)
    assert [(tmp_path / name).read_bytes() for name in ("sources.yaml", "veille.toml")] == before
    assert settings.verdict.startswith("gardé : vous l'avez modifié")
    assert settings.diff == 'name = "Deux"'
    assert sources.verdict.startswith("gardé : vous l'avez modifié")
    assert "éteindre " in sources.diff


def test_upgrade_keeps_the_choice(tmp_path):
    instance.create(tmp_path, choice=AUVERGNE)
    chosen = (tmp_path / "sources.yaml").read_text(encoding="utf-8")
    assert instance.upgrade(tmp_path)[0].verdict == "à jour"
    for path in (tmp_path / "sources.yaml", tmp_path / "var/shipped/sources.yaml"):
        path.write_text("version: 1\nsources: []\n", encoding="utf-8")
    assert instance.upgrade(tmp_path)[0].verdict == "mis à jour"
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8") == chosen


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"sectors": 1}', b"\xff\xfe"])
def test_a_damaged_choice_is_a_choice_to_make_again(tmp_path, damaged):
    instance.create(tmp_path, choice=AUVERGNE)
    (tmp_path / "var/shipped/choice.json").write_bytes(damaged)
    assert remembered(tmp_path / "var/shipped") is None
    assert instance.upgrade(tmp_path)[0].verdict == "mis à jour"
