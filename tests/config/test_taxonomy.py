import time
from pathlib import Path

import pytest

from veille.config.taxonomy import cue_key, load_taxonomy
from veille.errors import ConfigError
from veille.model import Scheme

ROOT = Path(__file__).resolve().parents[2]
HEAD = "version: 1\nscheme: sector\nterms:\n"


def folder(tmp_path, text, name="filieres.yaml", where="a"):
    path = tmp_path / where / "pipelines" / "taxonomy" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path / where


def refusal(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        load_taxonomy([folder(tmp_path, text)])
    return caught.value


def test_the_shipped_taxonomy_has_the_national_sectors_and_types():
    taxonomy = load_taxonomy([ROOT])
    assert len(taxonomy.of(Scheme.SECTOR)) == 29
    assert len(taxonomy.of(Scheme.TYPE)) == 21
    assert taxonomy.label(Scheme.SECTOR, "eau") == "Eau et assainissement"
    assert taxonomy.label(Scheme.SECTOR, "inconnu") == "inconnu"
    assert taxonomy.of(Scheme.TYPE)["appel-a-projets"].actionable
    assert taxonomy.of(Scheme.TYPE)["reglementation"].horizon == "prospective"


def test_loading_takes_well_under_half_a_second():
    start = time.perf_counter()
    load_taxonomy([ROOT])
    assert time.perf_counter() - start < 0.5


def test_an_instance_replaces_a_term_key_by_key_and_adds_its_own(tmp_path):
    ship = folder(
        tmp_path, HEAD + "- id: eau\n  label: Eau\n  cues: [eau potable]\n- id: bois\n  label: Bois\n", where="s"
    )
    own = folder(
        tmp_path, HEAD + "- id: eau\n  label: L'eau\n- id: puces\n  label: Puces\n  broader: bois\n", where="o"
    )
    sectors = load_taxonomy([own, ship]).of(Scheme.SECTOR)
    assert sectors["eau"].label == "L'eau"
    assert sectors["eau"].cues == ("eau potable",)
    assert list(sectors) == ["eau", "bois", "puces"]


def test_the_seal_changes_with_a_cue(tmp_path):
    one = load_taxonomy([folder(tmp_path, HEAD + "- id: eau\n  label: Eau\n  cues: [eau potable]\n")]).digest
    two = load_taxonomy([folder(tmp_path, HEAD + "- id: eau\n  label: Eau\n  cues: [eaux usées]\n")]).digest
    assert one != two


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- id: eau\n  label: Eau\n  broader: mer\n", 6, "terme inconnu « mer »"),
        ("- id: a1\n  label: A\n  broader: b1\n- id: b1\n  label: B\n  broader: a1\n", 6, "boucle"),
        ("- id: a1\n  label: A\n  broader: a1\n", 6, "boucle"),
        (
            "- id: a1\n  label: A\n  cues: [eau potable]\n- id: b1\n  label: B\n  cues: [Eaux  potables]\n",
            9,
            "déjà donné",
        ),
        ("- id: a1\n  label: A\n  acronyms: [IA]\n- id: b1\n  label: B\n  acronyms: [IA]\n", 9, "déjà donné"),
        ("- id: a1\n  label: A\n  cues:\n  - eau potable\n  - (a+)+$\n", 8, "expression régulière"),
        ("- id: a1\n  label: A\n  cues: ['*eau']\n", 6, "expression régulière"),
        ("- id: a1\n  label: A\n  cues: ['e*']\n", 6, "trop court"),
        ("- id: a1\n  label: A\n  cues: [a]\n", 6, "trop court"),
        ("- id: a1\n  label: A\n  cues: ['!']\n", 6, "trop court"),
        ("- id: a1\n  label: A\n  acronyms: [A]\n", 6, "trop court"),
        (f"- id: a1\n  label: A\n  cues: [{'mot ' * 40}]\n", 6, "signes"),
        ("- id: a1\n  label: A\n  horizon: demain\n", 6, "horizon inconnu"),
        ("- id: a1\n", 4, "sans libellé"),
        ("- id: a1\n  label: A\n- id: a1\n  label: B\n", 6, "en double"),
        ("- id: a1\n  label: A\n  indices: [eau]\n", 6, "clé inconnue"),
        ("- id: Eau Vive\n  label: A\n", 4, "refusée"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path, text, line, words):
    error = refusal(tmp_path, HEAD + text)
    assert words in str(error)
    assert error.line == line
    assert error.file.endswith("filieres.yaml")
    assert error.cure


def test_two_terms_of_different_schemes_may_share_a_cue(tmp_path):
    text = "- id: eau\n  label: Eau\n  cues: [eau potable]\n"
    folder(tmp_path, HEAD.replace("sector", "theme") + text, name="themes.yaml")
    load_taxonomy([folder(tmp_path, HEAD + text)])


def test_no_taxonomy_at_all_says_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="veille init"):
        load_taxonomy([tmp_path])


@pytest.mark.parametrize(
    ("cue", "key"),
    [
        ("Appels à projets", "appel a projet"),
        ("créateur* d’entreprise", "createur* d entreprise"),
        ("œnotourisme*", "oenotourisme*"),
        ("e-commerce", "e commerce"),
        ("sous-sol*", "sou sol*"),
    ],
)
def test_cues_are_written_as_french_and_compared_folded(cue, key):
    assert cue_key(cue) == key
