"""The fitted models: what they read, how they are learnt, and what happens where their file is wrong."""

import re
from dataclasses import replace

import numpy as np
import pytest

from veille.config.instance import shipped
from veille.errors import ConfigError
from veille.model import Origin, Scheme, TextToTag
from veille.nlp.fitting import model as fitted
from veille.nlp.fitting.features import BUCKETS, WORD_BITS, features, lay_out
from veille.nlp.fitting.model import MODEL, LinearModel, load_models, save_models
from veille.nlp.fitting.training import Example, fit
from veille.nlp.tagger import load_tagger


def pieces(text):
    padded = [f" {word} " for word in re.findall("[a-z0-9]+", text)]
    return [word[i : i + size] for word in padded for size in (3, 4, 5) for i in range(len(word) - size + 1)]


@pytest.mark.parametrize("text", ["", "a", "eau", "l eau potable de 2027", "x" * 3000, "é!? 中文 de l'eau", "a b c d"])
def test_every_piece_of_every_word_has_its_bucket(text):
    buckets = lay_out("", text).buckets
    assert len(buckets[buckets >= 1 << WORD_BITS]) == len(pieces(text[:1500]))
    assert len(features("", text).buckets) == len(np.unique(buckets))


def test_words_are_the_same_wherever_they_stand_and_count_twice_in_a_title():
    alone, later = lay_out("", "potable").buckets, lay_out("", "une eau potable").buckets
    assert set(alone) <= set(later)
    title, body = features("potable", ""), features("", "potable")
    assert list(title.buckets) == list(body.buckets)
    assert np.allclose(title.weights, 1 + np.log(2))
    assert np.allclose(body.weights, 1)


def test_the_words_of_a_layout_lie_where_they_say():
    title, text = "eau potable", " l eau a 12"
    layout = lay_out(title, text)
    words = [
        (title if first else text)[start:end]
        for start, end, first in zip(layout.starts, layout.ends, layout.in_title, strict=True)
    ]
    assert words == ["eau", "potable", "l", "eau", "a", "12"]


EXAMPLES = [
    Example(features("", f"{word} numero {n}"), frozenset({label}))
    for n in range(6)
    for word, label in (("scierie et charpente", "bois"), ("canalisation et forage", "eau"), ("turbine", "energie"))
]


def test_what_was_learnt_is_said_of_other_texts_and_equal_examples_give_equal_weights():
    model = fit(EXAMPLES, ["bois", "eau", "energie"])
    chances = model.chances(features("", "un forage profond"))
    assert max(chances, key=chances.get) == "eau"
    assert sum(chances.values()) < 1.5
    assert model.chances(features("", "…")) == {}
    assert np.array_equal(model.weights, fit(EXAMPLES, ["bois", "eau", "energie"]).weights)


def instance(tmp_path, **changes):
    """Return an instance whose model knows one sector and no type."""
    model = LinearModel(
        ("eau",),
        np.zeros((BUCKETS, 1), np.int8),
        np.ones(1, np.float32),
        np.zeros(1, np.float32),
        np.ones(BUCKETS, np.float32),
    )
    save_models(tmp_path / MODEL, {Scheme.SECTOR: model, Scheme.TYPE: model} | changes)
    return tmp_path


def test_a_file_written_is_a_file_read(tmp_path):
    models = load_models(instance(tmp_path) / MODEL)
    assert models[Scheme.SECTOR].labels == ("eau",)
    assert models[Scheme.SECTOR].weights.dtype == np.int8


def test_what_definitions_alone_teach_is_kept_beside_what_records_taught(tmp_path):
    learnt, defined = fit(EXAMPLES, ["bois", "eau"]), fit(EXAMPLES[:3], ["bois", "eau"])
    save_models(tmp_path / MODEL, {Scheme.SECTOR: replace(learnt, defined=defined), Scheme.TYPE: learnt})
    models = load_models(tmp_path / MODEL)
    assert np.array_equal(models[Scheme.SECTOR].defined.weights, defined.weights)
    assert models[Scheme.TYPE].defined is None


def test_definitions_of_another_shape_are_a_damaged_model(tmp_path):
    learnt = fit(EXAMPLES, ["bois", "eau"])
    odd = replace(learnt, weights=learnt.weights[:9])
    save_models(tmp_path / MODEL, {Scheme.SECTOR: replace(learnt, defined=odd), Scheme.TYPE: learnt})
    with pytest.raises(ConfigError, match=r"modèle illisible"):
        load_models(tmp_path / MODEL)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"version https://git-lfs.github.com/spec/v1\n", b"\x00" * 99])
def test_a_damaged_model_says_the_cure(tmp_path, content):
    path = tmp_path / MODEL
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"modèle illisible.*make train"):
        load_tagger([tmp_path, shipped()])


def test_a_model_of_another_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fitted, "RECIPE", fitted.RECIPE + 1)
    instance(tmp_path)
    monkeypatch.undo()
    with pytest.raises(ConfigError, match=r"autre version.*make train"):
        load_tagger([tmp_path, shipped()])


def test_a_missing_model_says_the_cure(tmp_path):
    for name in ("taxonomy", "territories", "veille"):
        target = tmp_path / "pipelines" / name
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(shipped() / "pipelines" / name)
    with pytest.raises(ConfigError, match=r"modèle absent.*make train"):
        load_tagger([tmp_path])


def test_another_model_is_another_pipeline(tmp_path, tagger):
    assert load_tagger([instance(tmp_path), shipped()]).pipeline != tagger.pipeline


TEXT = (
    "Le projet développe des cellules photovoltaïques à pérovskites imprimées sur verre souple, au rendement stable. "
    "Les modules, encapsulés sous vide, alimentent des capteurs isolés ; un démonstrateur sera installé sur le toit "
    "d’un entrepôt, puis raccordé au réseau de distribution pour une campagne de mesure de dix-huit mois. "
)


def test_a_sector_that_no_cue_says_quotes_the_words_that_weighed_most(tagger):
    texts = [TextToTag(id="1", title="Nouveaux projets retenus", text=TEXT)]
    [tagged] = tagger.tag(texts)
    tags = tagged.of(Scheme.SECTOR)
    assert tags
    assert "energies" in {tag.term for tag in tags}
    for tag in tags:
        assert 0 <= tag.score <= 1
        assert tag.evidence
        for said in tag.evidence:
            assert {"title": texts[0].title, "text": TEXT}[said.where][said.start : said.end] == said.text != ""


def test_a_few_words_without_a_cue_are_not_guessed_at(tagger):
    [tagged] = tagger.tag([TextToTag(id="1", title="Réunion du conseil", text="Salle du haut.")])
    assert [tag for tag in tagged.of(Scheme.SECTOR) if tag.origin is Origin.MODEL] == []
