"""The gazetteer: names, levels, containment, and the official code it is built from."""

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.shared import shared
from veille.config.gazetteer import Gazetteer, load_gazetteer, spelled
from veille.errors import ConfigError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer([ROOT])


def test_a_commune_lies_in_its_epci_departement_region_and_country(gazetteer: Gazetteer) -> None:
    assert gazetteer.ancestors("fr:commune:63113") == (
        "fr:epci:246300701",
        "fr:departement:63",
        "fr:region:84",
        "country:fr",
        "country-group:ue",
    )


def test_an_overseas_collectivity_is_in_france_but_not_in_the_union(gazetteer: Gazetteer) -> None:
    assert gazetteer.ancestors("fr:commune:98818")[-1] == "country:fr"
    assert gazetteer.ancestors("fr:departement:974")[-1] == "country-group:ue"


@pytest.mark.parametrize(
    ("code", "name", "level"),
    [
        ("fr:commune:63113", "Clermont-Ferrand", "commune"),
        ("fr:departement:2A", "Corse-du-Sud", "departement"),
        ("fr:region:93", "Provence-Alpes-Côte d'Azur", "region"),
        ("fr:epci:240100750", "communauté d'agglomération du Pays de Gex", "epci"),
        ("country:de", "Allemagne", "country"),
        ("country-group:ue", "Union européenne", "country-group"),
        ("fr:commune:00000", "fr:commune:00000", "commune"),
        ("x:massif:alpes", "massif des Alpes", ""),
        ("x:massif:nowhere", "x:massif:nowhere", ""),
    ],
)
def test_every_level_has_its_french_name(gazetteer: Gazetteer, code: str, name: str, level: str) -> None:
    assert (gazetteer.name(code), gazetteer.level(code)) == (name, level)


def test_related_means_equal_or_one_inside_the_other(gazetteer: Gazetteer) -> None:
    assert gazetteer.related("fr:commune:63113", "fr:region:84")
    assert gazetteer.related("fr:region:84", "fr:commune:63113")
    assert not gazetteer.related("fr:departement:63", "fr:departement:03")


def test_an_insee_code_of_no_commune_of_today_gives_none(gazetteer: Gazetteer) -> None:
    assert gazetteer.commune("63113") == "fr:commune:63113"
    assert gazetteer.commune("99999") is None


@pytest.mark.parametrize(
    ("nuts", "code"),
    [
        ("FRK14", "fr:departement:63"),
        ("FRK1", "fr:region:84"),
        ("FR724", "fr:region:84"),
        ("FRC2", "fr:region:27"),
        ("FR", "country:fr"),
        ("DE212", "country:de"),
        ("EL30", "country:gr"),
        ("ZZ", None),
        ("", None),
    ],
)
def test_nuts_codes_of_every_revision_give_present_territories(
    gazetteer: Gazetteer, nuts: str, code: str | None
) -> None:
    assert gazetteer.from_nuts(nuts) == code


def test_a_former_region_is_said_with_its_name_of_today(gazetteer: Gazetteer) -> None:
    assert gazetteer.former("FRANCHE COMTÉ") == "Franche-Comté : ancienne région, aujourd'hui Bourgogne-Franche-Comté"
    assert gazetteer.former("Bretagne") == ""


def test_optional_endings_are_spelled_out() -> None:
    assert set(spelled("breton(ne)(s)")) == {"breton", "bretons", "bretonne", "bretonnes"}


def test_loading_is_quick_and_the_help_does_not_load_it(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.communes) > 34_000
    start = time.process_time()
    load_gazetteer([ROOT])
    assert time.process_time() - start < 1  # 0.06 s alone on the machine; a shared runner may be ten times slower
    code = "import sys, veille.cli; sys.exit('veille.config.gazetteer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_containment_agrees_with_the_official_tables_beside_the_gold(gazetteer: Gazetteer) -> None:
    official = json.loads(gzip.decompress(shared("gold", "containment.json.gz").read_bytes()))
    known = [row for row in official.items() if gazetteer.commune(row[0])]
    differing = [
        insee
        for insee, (departement, region, epci) in known
        if not {f"fr:departement:{departement}", f"fr:region:{region}", *([f"fr:epci:{epci}"] if epci else [])}
        <= set(gazetteer.ancestors(f"fr:commune:{insee}"))
    ]
    assert len(known) > 34_000
    assert len(differing) <= 0.005 * len(known)


def test_a_missing_or_broken_file_says_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="fichier absent"):
        load_gazetteer([tmp_path])
    folder = tmp_path / "pipelines" / "territories"
    folder.mkdir(parents=True)
    (folder / "france.json.gz").write_bytes(b"not gzip")
    with pytest.raises(ConfigError, match="fichier illisible"):
        load_gazetteer([tmp_path, ROOT])


def test_an_instance_overrides_the_names_and_a_wrong_key_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "pipelines" / "territories"
    folder.mkdir(parents=True)
    (folder / "names.yaml").write_text('version: 1\nregions:\n  "84": {names: [AuRAlpie]}\n', encoding="utf-8")
    names = {item.name for item in load_gazetteer([tmp_path, ROOT]).printed()}
    assert "AuRAlpie" in names
    assert "AURA" not in names
    (folder / "names.yaml").write_text("version: 1\nregion: {}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ligne 2.*regions"):
        load_gazetteer([tmp_path, ROOT])
