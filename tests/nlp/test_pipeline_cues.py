"""Cues that staff write: words, never patterns; no cue and no text can make the two of them slow."""

import time

import pytest

from tests.inside import inside
from veille.config.instance import shipped
from veille.model import Scheme, TextToTag
from veille.nlp.tagger import load_tagger

#: Cues as costly as the rules let them be: many words, each open at its end, that all begin alike, and negatives.
HOSTILE = """\
version: 1
scheme: sector
terms:
- id: aaa
  label: Aaa
  cues: ['aaa* aaa* aaa* aaa* aaa* aaa* aaa* aaa* aaa* aaa* aaa* b', 'zaza', 'abc* abc* abc*', 'aaab*']
  weak_cues: ['bac* abc*', 'a b']
  negatives: ['zaza de', 'abc* bac*']
"""

TEXTS = {
    "a cue and its negative, over and over": "zaza de " * 200_000,
    "one endless word": "a" * 1_000_000,
    "words that almost complete a cue": "aaa " * 250_000,
    "long words that almost complete one": ("aaa" * 60 + " ") * 6_000,
    "cues that overlap": "abc bac " * 130_000,
    "single letters": "a b " * 250_000,
}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    home = tmp_path_factory.mktemp("grappe")
    path = home / "pipelines" / "taxonomy" / "ours.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(HOSTILE)
    return load_tagger([home, shipped()])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_cues_meet_hostile_texts_in_bounded_time(tagger, text):
    begun = time.process_time()
    [tagged] = tagger.tag([TextToTag(id="1", title="", text=text)])
    assert time.process_time() - begun < 5  # a tenth to half a second when nobody else computes
    assert tagged.id == "1"


def test_what_a_cue_holds_is_taken_literally(tagger):
    texts = [TextToTag(id="1", title="Zaza", text="x"), TextToTag(id="2", title="Zaza de", text="x")]
    found = [{tag.term for tag in tagged.of(Scheme.SECTOR)} for tagged in tagger.tag(texts)]
    assert found == [{"aaa"}, set()]


@pytest.mark.parametrize(
    ("terms", "line", "words"),
    [
        ("- {id: a1, label: A, cues: ['(a+)+$']}", 4, "expression régulière"),
        ("- {id: a1, label: A, cues: ['[ab]*c']}", 4, "expression régulière"),
        ("- {id: a1, label: A, cues: [grelot bleu]}\n- {id: b1, label: B, cues: [Grelots bleus]}", 5, "déjà donné"),
        ("- {id: a1, label: A, broader: b1}\n- {id: b1, label: B, broader: a1}", 4, "boucle de termes : a1 → b1 → a1"),
        ("- {id: a1, label: A, broader: energie}", 4, "terme inconnu « energie » — vouliez-vous « energies » ?"),
    ],
)
def test_tagging_names_the_file_and_line_of_a_definition_that_is_wrong(tmp_path, terms, line, words):
    path = tmp_path / "pipelines" / "taxonomy" / "ours.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f"version: 1\nscheme: sector\nterms:\n{terms}\n")
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "1", "title": "Appel", "text": ""}\n')
    done = inside("--home", tmp_path, "tag", "--jsonl", source, "--out", tmp_path / "out.jsonl")
    assert done.returncode == 2
    assert f"ours.yaml, ligne {line}" in done.stderr
    assert words in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
