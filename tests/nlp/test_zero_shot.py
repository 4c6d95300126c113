"""Labels that nothing was fitted for: read by what their definition has in common with a text."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.inside import inside
from tests.nlp.conftest import ROOT
from tests.nlp.test_axes import instance
from veille.cli.explained import part_line
from veille.errors import ConfigError, InputError
from veille.model import Origin, Scheme, TextToTag
from veille.nlp.explain import Means
from veille.nlp.labels.relating import fit
from veille.nlp.tagger import load_tagger
from veille.related import RELATED, find_related, load_related, save_related, telling

OWN = """\
version: 1
scheme: sector
terms:
- id: horlogerie
  label: "Horlogerie et microtechniques"
  sentence: "Fabriquer montres, mouvements et pièces minuscules de précision."
  cues: [horlogerie, horloger, tourbillon, cadran, décolletage, microtechnique*, échappement, garde-temps,
    bracelet-montre, haute précision]
"""
AXES = """\
version: 1
scheme: axis
terms:
- id: chaleur
  label: "Chaleur des bâtiments"
  sentence: "Chauffer mieux et moins : chaudières, pompes à chaleur, isolation."
  broader: energies
  cues: [chauffage, chaudière, pompe à chaleur, isolation, radiateur, réseau de chaleur]
- id: vagues
  label: "Énergies de la mer"
  sentence: "Ce que la mer donne : vent du large, houle, courants."
  broader: energies
  cues: [hydrolien*, houlomot*, éolien en mer, marémot*, courants marins]
- id: hors-sujet
  label: Hors sujet
  cues: [facture d'énergie impayée]
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    tagger = load_tagger(instance(folder, ("own.yaml", OWN), ("axes.yaml", AXES)))

    def tag(title, text=""):
        (tagged,) = tagger.tag([TextToTag(id="1", title=title, text=text)])
        return tagged

    return tag


def terms(tagged, scheme):
    return [tag.term for tag in tagged.of(scheme)]


def test_a_filiere_of_one_s_own_comes_first_where_its_words_are_as_loud_as_another_s(read):
    tagged = read("Le musée du cadran émaillé rouvre", "Horlogerie : la visite des ateliers.")
    assert terms(tagged, Scheme.SECTOR)[0] == "horlogerie"
    assert tagged.of(Scheme.SECTOR)[0].evidence[0].text == "cadran"


def test_an_axis_is_read_by_kin_of_its_words_and_quotes_what_it_was_read_by(read):
    (tag,) = read("Rénover les écoles : isoler les combles, remplacer les vieilles installations au fioul").of(
        Scheme.AXIS
    )
    assert (tag.term, tag.origin) == ("chaleur", Origin.MODEL)
    assert any("isol" in said.text for said in tag.evidence)
    assert all(said.start is not None for said in tag.evidence)


def test_an_axis_read_by_company_alone_still_quotes_a_word(tmp_path):
    text = "version: 1\nscheme: axis\nterms:\n- {id: a, label: Chauffage, broader: energies, cues: [radiateur]}\n"
    text += "- {id: b, label: Navire, broader: energies, cues: [bateau]}\n"
    tagger = load_tagger(instance(tmp_path, ("axes.yaml", text)))
    (tagged,) = tagger.tag([TextToTag(id="1", title="Fioul : une pompe", text="")])
    (tag,) = tagged.of(Scheme.AXIS)
    assert (tag.term, tag.origin) == ("a", Origin.MODEL)
    assert "Fioul" in [said.text for said in tag.evidence]


def test_what_an_axis_was_read_by_is_told_where_no_cue_says_it(tmp_path):
    tagger = load_tagger(instance(tmp_path, ("axes.yaml", AXES)))
    explained = tagger.explain(TextToTag(id="1", title="Une houle mieux exploitée au large du Finistère", text=""))
    (axis,) = [one for one in explained.tags if one.tag.scheme is Scheme.AXIS]
    (part,) = axis.parts
    assert part.means is Means.DEFINITION
    assert [said.text for said in part.evidence][:1] == ["houle"]
    assert "proche de la définition" in part_line(part)


def test_an_axis_is_read_by_pieces_of_its_words(read):
    assert terms(read("Une houle mieux exploitée au large du Finistère"), Scheme.AXIS) == ["vagues"]


@pytest.mark.parametrize("title", ["", "12 ?", "😀😀😀", "ا" * 50, "x" * 3000])
def test_nothing_to_compare_is_near_nothing(read, title):
    assert set(terms(read(title), Scheme.AXIS)) <= {"hors-sujet"}


def test_what_is_far_from_every_axis_has_none(read):
    assert terms(read("Le conseil municipal vote la subvention du club de football"), Scheme.AXIS) in (
        [],
        ["hors-sujet"],
    )


# ── related words ───────────────────────────────────────────────────────────────────────────────────────────────────
PAIRS = [
    "chat chien",
    "barque rame",
    "neige ski",
    "four pain",
    "vigne raisin",
    "train gare",
    "livre page",
    "lac truite",
]
SMALL = [f"{pair}." for pair in (*PAIRS, *(f"{first}y {second}y" for first, second in map(str.split, PAIRS)))] * 3


def test_words_that_keep_company_lie_near_and_equal_texts_give_equal_vectors(tmp_path):
    related = fit(SMALL, dimensions=12)
    assert related.words[:3] == ("barque", "barquey", "chat")
    near = related.vector(["chat"]) @ related.vector(["chien"])
    assert near > 0.9 > related.vector(["chat"]) @ related.vector(["rame"])
    assert np.array_equal(fit(SMALL, dimensions=12).vectors, related.vectors)
    save_related(tmp_path / "words.npz", related)
    again = load_related(tmp_path / "words.npz")
    assert again.words == related.words
    assert np.array_equal(again.vectors, related.vectors)


def test_too_few_texts_are_refused():
    with pytest.raises(InputError, match="trop peu de textes"):
        fit(["chat chien", "le chat"])


def test_unknown_words_have_no_direction():
    assert not fit(SMALL, dimensions=12).vector(["inconnu"]).any()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_a_damaged_file_is_named_with_its_cure(tmp_path, content):
    path = tmp_path / RELATED
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="apparentés illisibles"):
        load_related(find_related([tmp_path]))


def test_an_absent_file_or_one_of_another_version_is_named(tmp_path):
    with pytest.raises(ConfigError, match="absents"):
        find_related([tmp_path])
    related = fit(SMALL, dimensions=12)
    path = tmp_path / "words.npz"
    np.savez(
        path,
        recipe=np.array(99),
        words=np.frombuffer(b"chat", np.uint8),
        vectors=related.vectors,
        rarity=related.rarity,
        usual=related.usual,
    )
    with pytest.raises(ConfigError, match="autre version"):
        load_related(path)


def test_the_shipped_words_know_what_goes_with_heating():
    related = load_related(Path(ROOT) / RELATED)
    heat = related.vector(["chauffage"])
    assert heat @ related.vector(["chaudiere"]) > heat @ related.vector(["navire"]) + 0.3


def test_the_guide_s_own_example_works_at_once(tmp_path):
    page = (Path(ROOT) / "docs" / "how-to" / "sa-filiere.md").read_text(encoding="utf-8")
    files = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    made = inside("init", tmp_path / "arc")
    assert made.returncode == 0, made.stderr
    for number, text in enumerate(files):
        path = tmp_path / "arc" / "pipelines" / "taxonomy" / f"own-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    titles = {
        "mouvements": "Un ressort réglé au millième pour garder l'heure deux mois",
        "habillage": "Un émailleur rouvre l'atelier du cadran grand feu",
        "hors-sujet": "Course contre la montre : Vesoul accueille les cyclistes",
    }
    lines = [json.dumps({"id": axis, "title": title, "text": ""}) for axis, title in titles.items()]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = inside("--home", tmp_path / "arc", "tag", "--jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["id"]: [tag["term"] for tag in one["axes"]] for one in said} == {axis: [axis] for axis in titles}
    assert [tag["term"] for tag in said[1]["sectors"]][:1] == ["horlogerie"]


def test_what_chance_brings_near_is_more_in_longer_texts_and_below_the_word_itself():
    related = load_related(Path(ROOT) / RELATED)
    title, opening = related.usual.T
    assert (title < opening).all()
    assert (opening < 1).all()
    drawn = np.random.default_rng(7)
    often = np.exp(-related.rarity.astype(float))
    near, counts = related.vectors.astype(np.float32) / 127, telling(related.rarity)
    for word in map(related.words.index, ("chaudiere", "navire")):
        texts = drawn.choice(len(often), (4_000, 25), p=often / often.sum())
        found = ((near @ near[word]) * counts)[texts].max(axis=1)
        assert abs(found.mean() - opening[word]) < 0.02
