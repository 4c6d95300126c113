"""Zones: read beside territories, named in French, placed on the map, hostile text included."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.config.gazetteer import load_gazetteer
from veille.config.zones import load_zones
from veille.errors import ConfigError
from veille.model import Origin, Scheme, Tag, Tagged, TextToTag
from veille.nlp.jsonl import as_json
from veille.nlp.places.territory import TerritoryReader

_ROOT = Path(__file__).parents[2]
_GAZETTEER = load_gazetteer([_ROOT])
_READER = TerritoryReader(_GAZETTEER)


def read(text: str, title: str = "", **others: Any) -> dict[str, Tag]:
    return {tag.term: tag for tag in _READER.read(TextToTag(id="x", title=title, text=text, **others))}


def test_zones_are_no_territories() -> None:
    found = read("Le fonds soutient les projets du massif des Vosges.")
    assert {term: tag.scheme for term, tag in found.items()} == {"x:massif:vosges": Scheme.ZONE}


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Appel du Parc naturel régional de la Haute Vallée de Chevreuse", "x:pnr:haute-vallee-de-chevreuse",
         "Parc naturel régional de la Haute Vallée de Chevreuse"),
        ("LE PNR DU HAUT-JURA RECRUTE", "x:pnr:haut-jura", "Parc naturel régional du Haut-Jura"),
        ("Habitants d’un quartier prioritaire", "x:zonage:qpv", "quartiers prioritaires de la politique de la ville"),
        ("Pour les communes de moins de 3 500 habitants", "x:communes:moins-de-3500",
         "communes de moins de 3\u202f500 habitants"),
        ("Pour une commune comptant moins de 500 habitants", "x:communes:moins-de-500",
         "communes de moins de 500 habitants"),
        ("Le PETR du Pays d’Épinal aide", "x:petr:pays-d-epinal", "PETR Pays d’Épinal"),
        ("Le GAL « Terres de Vie » aide", "x:gal:terres-de-vie", "GAL Terres de Vie"),
        ("Les artisans du Pays de Retz", "x:pays:pays-de-retz", "Pays de Retz"),
        ("Le pôle d'équilibre territorial et rural du Pays Barrois aide", "x:petr:pays-barrois", "PETR Pays Barrois"),
    ],
)  # fmt: skip
def test_a_zone_has_an_id_and_a_french_name(text: str, code: str, name: str) -> None:
    assert code in read(text)
    assert _GAZETTEER.name(code) == name


@pytest.mark.parametrize(
    "text",
    [
        "Un groupe de gal dans la laine.",
        "1 gal of water, 3 gals of oil",
        "Un dom juan et un drone, un ccg de papier.",
        "Un massif de fleurs et un bassin de nage.",
        "Une commune de 3 500 habitants.",
        "La commune perd moins de 20 habitants.",
        "GAL",
        "Le PETR.",
        "Les pays de l'Union, le Pays de Galles, un pays du Sud.",
        "La CA du Pays de Gex et la Région Pays de la Loire.",
        "PNR : passenger name record",
    ],
)
def test_words_that_are_no_zone_are_left_alone(text: str) -> None:
    assert not [term for term in read(text) if term.startswith("x:")]


def test_a_park_names_the_whole_that_it_lies_in_and_a_massif_no_part() -> None:
    assert {"x:pnr:martinique", "fr:region:02"} <= set(read("Le Parc naturel régional de la Martinique aide."))
    assert set(read("Aide du massif du Jura")) == {"x:massif:jura"}


def test_a_zone_in_france_says_where_and_one_of_the_world_or_without_a_map_does_not() -> None:
    bretagne = {"source_territory": "fr:region:53"}
    assert set(read("Aide du massif du Jura.", **bretagne)) == {"x:massif:jura"}
    for text, zone in (("Mission au Maghreb.", "x:monde:maghreb"), ("Aide pour les QPV.", "x:zonage:qpv")):
        found = read(text, **bretagne)
        assert set(found) == {zone, "fr:region:53"}
        assert found["fr:region:53"].origin is Origin.SOURCE


def test_a_zone_left_out_or_that_only_gets_more_is_not_aimed_at() -> None:
    found = read("Les PME bretonnes, hors QPV. Le taux est majoré en zone de montagne.")
    assert {term: tag.scope for term, tag in found.items()} == {
        "fr:region:53": "main", "x:zonage:qpv": "mentioned", "x:zonage:montagne": "mentioned",
    }  # fmt: skip


def test_json_says_zones_apart_with_their_places_and_words() -> None:
    text = "Appel à projets du massif du Jura"
    tags = _READER.read(TextToTag(id="x", title=text, text=""))
    told = as_json(Tagged(id="x", lang="fr", tags=tags), _GAZETTEER)
    assert told["territories"] == []
    (zone,) = told["zones"]
    assert (zone["code"], zone["name"], zone["scope"]) == ("x:massif:jura", "massif du Jura", "main")
    assert zone["places"] == ["fr:departement:01", "fr:departement:25", "fr:departement:39"]
    assert [piece["text"] for piece in zone["evidence"]] == ["massif du Jura"]


def test_every_place_of_every_zone_exists() -> None:
    known = {f"country:{code}" for code in _GAZETTEER.country_codes}
    for zone in _GAZETTEER.zones:
        assert len(zone.code) < 128
        assert zone.printed
        for place in zone.places:
            assert place in known or _GAZETTEER.name(place) != place, (zone.code, place)


def test_the_parks_of_the_list_are_all_there() -> None:
    kinds = [zone.code.split(":")[1] for zone in _GAZETTEER.zones]
    assert (kinds.count("pnr"), kinds.count("parc-national"), kinds.count("massif")) == (59, 11, 6)


def test_a_wrong_zone_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "zones.yaml"
    path.write_text("version: 1\nkinds:\n  massif:\n    zones:\n      jura: {called: du Jura}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_zones(path)
    assert "name" in str(refused.value)
    assert "5" in str(refused.value)


def test_a_zone_that_lies_nowhere_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pipelines" / "territories" / "zones.yaml"
    path.parent.mkdir(parents=True)
    path.write_text('version: 1\nkinds: {local: {zones: {x: {name: Là-bas, places: ["99"]}}}}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="Là-bas » : territoire inconnu « fr:departement:99 »"):
        load_gazetteer([tmp_path, _ROOT])


_WORDS = st.sampled_from(
    ["GAL", "PETR", "du", "Pays", "de", "massif", "des", "Vosges", "communes de moins de", "1 000", "habitants", "QPV",
     "«", "»", "\n", "’", "PNR", "œuvre", "É", "hors", "🙂", "\u200f", "9" * 40]
)  # fmt: skip


@settings(deadline=None)
@given(text=st.lists(_WORDS, max_size=25).map(" ".join) | st.text(max_size=100))
def test_any_text_is_read_and_quoted_rightly(text: str) -> None:
    for tag in read(text).values():
        assert len(tag.term) < 128
        assert all(text[piece.start : piece.end] == piece.text for piece in tag.evidence)


@pytest.mark.parametrize(
    "text", ["GAL " * 100_000, "GAL A" + "a" * 1_000_000, "communes de moins de " * 30_000 + "hab"]
)
def test_hostile_texts_are_read(text: str) -> None:
    assert len(read(text)) <= 1
