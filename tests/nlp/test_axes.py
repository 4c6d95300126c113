"""Axes: read by the cues of the instance's own files, beside what is none of the cluster's business."""

import pytest

from tests.nlp.conftest import ROOT
from veille.config.taxonomy import OFF_TOPIC, load_taxonomy
from veille.errors import ConfigError
from veille.model import Origin, Scheme, TextToTag
from veille.nlp.tagger import load_tagger

HEAD = "version: 1\nscheme: axis\nterms:\n"
AXES = (
    HEAD
    + """\
- id: muscle
  label: Muscle
  broader: agroalimentaire
  cues: [sarcopénie, masse musculaire]
  negatives: [masse musculaire bovine]
- id: formes
  label: Formes
  broader: agroalimentaire
  cues: [enrobage, gélule*]
  cues_en: [film coating]
- id: gommes
  label: Gommes
  broader: formes
  cues: [gomme vitaminée]
- id: hors-sujet
  label: Hors sujet
  cues: [complémentaire santé]
"""
)


TRADES = (("a", "eau"), ("b", "energies"))


def instance(folder, *files):
    for name, text in files:
        path = folder / "pipelines" / "taxonomy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [folder, ROOT]


@pytest.fixture(scope="module")
def axes(tmp_path_factory):
    tagger = load_tagger(instance(tmp_path_factory.mktemp("axes"), ("axes.yaml", AXES)))

    def read(title, text="", **source):
        (tagged,) = tagger.tag([TextToTag(id="1", title=title, text=text, **source)])
        return tagged.of(Scheme.AXIS)

    return read


def terms(tags):
    return [tag.term for tag in tags]


def test_an_axis_is_read_with_the_words_that_prove_it(axes):
    (tag,) = axes("Enrobage : une nouvelle ligne", "Les gélules suivront.")
    assert (tag.term, tag.origin) == ("formes", Origin.CUE)
    assert [(one.text, one.where) for one in tag.evidence] == [("Enrobage", "title"), ("gélules", "text")]
    assert 0 < tag.score <= 1


def test_a_text_may_have_two_axes_best_first(axes):
    assert terms(axes("Sarcopénie et enrobage", "La masse musculaire des seniors.")) == ["muscle", "formes"]


def test_a_narrower_axis_comes_before_its_wider_one(axes):
    assert terms(axes("Gommes vitaminées : essor")) == ["gommes", "formes"]


def test_english_cues_are_for_english_texts(axes):
    assert terms(axes("New film coating for the tablets of the food industry", "The coating is free of dyes.")) == [
        "formes"
    ]


def test_one_word_far_down_a_text_is_said_in_passing(axes):
    assert terms(axes("Nutrition : le salon ouvre", f"{'Les exposants parlent aliments. ' * 20} enrobage.")) == []


def test_a_hidden_phrase_says_no_axis(axes):
    assert "muscle" not in terms(axes("Aliments et masse musculaire bovine"))


def test_the_words_of_off_topic_win_where_they_are_louder(axes):
    (tag,) = axes("Complémentaire santé : ce qui change", "Un mot de nutrition.")
    assert tag.term == OFF_TOPIC
    assert tag.evidence[0].text == "Complémentaire santé"


def test_an_axis_named_louder_than_off_topic_stays(axes):
    assert terms(axes("Sarcopénie et masse musculaire", "La complémentaire santé rembourse.")) == ["muscle"]


def test_another_trade_is_off_topic_and_says_which_word_made_it_so(axes):
    (tag,) = axes("Travaux de voirie rue des Salins", "Réfection de la chaussée.")
    assert tag.term == OFF_TOPIC
    assert tag.evidence


def test_a_text_of_the_trade_without_an_axis_has_none(axes):
    assert terms(axes("Agroalimentaire : les ventes progressent")) == []


def test_a_call_of_no_trade_is_not_off_topic(axes):
    assert terms(axes("Appel à projets : clôture le 12 janvier 2027", "Tous secteurs.")) == []


def test_news_of_no_trade_is_off_topic(axes):
    assert terms(axes("La liste de la majorité est complète", "Le maire brigue un troisième mandat.")) == [OFF_TOPIC]


def test_what_only_the_source_is_about_is_given_the_benefit_of_the_doubt(axes):
    assert terms(axes("Rendez-vous jeudi", "Programme en ligne.", source_sectors=("textile-mode-luxe",))) == []


def test_an_instance_without_axes_has_none_and_calls_nothing_off_topic(tagger):
    (tagged,) = tagger.tag([TextToTag(id="1", title="Travaux de voirie", text="Sarcopénie.")])
    assert tagged.of(Scheme.AXIS) == ()


def test_an_axis_may_bear_the_name_of_its_sector(tmp_path):
    text = HEAD + "- id: eau\n  label: Eau\n  broader: eau\n  cues: [fuite*]\n"
    (tagged,) = load_tagger(instance(tmp_path, ("axes.yaml", text))).tag([TextToTag(id="1", title="Fuites", text="")])
    assert terms(tagged.of(Scheme.AXIS)) == ["eau"]


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- id: a1\n  label: A\n  broader: agroalimentair\n", 6, "agroalimentaire"),
        ("- id: a1\n  label: A\n", 4, "sans filière"),
        ("- id: a1\n  label: A\n  broader: b1\n- id: b1\n  label: B\n", 7, "axe « b1 » sans filière"),
        ("- id: a1\n  label: A\n  broader: b1\n- id: b1\n  label: B\n  broader: a1\n", 6, "boucle"),
        (
            (
                "- id: a1\n  label: A\n  broader: eau\n  cues: [gomme]\n"
                "- id: b1\n  label: B\n  broader: eau\n  cues: [Gommes]\n"
            ),
            11,
            "déjà donné",
        ),
    ],
)
def test_a_mistake_in_axes_is_named_with_its_file_and_line(tmp_path, text, line, words):
    with pytest.raises(ConfigError) as caught:
        load_taxonomy(instance(tmp_path, ("axes.yaml", HEAD + text)))
    assert words in str(caught.value)
    assert (caught.value.line, caught.value.file.endswith("axes.yaml")) == (line, True)


def test_axes_of_two_trades_may_share_a_word(tmp_path):
    one, other = (f"- id: {name}1\n  label: {name}\n  broader: {sector}\n  cues: [gomme]\n" for name, sector in TRADES)
    text = one + other
    assert list(load_taxonomy(instance(tmp_path, ("axes.yaml", HEAD + text))).of(Scheme.AXIS)) == ["a1", "b1"]


def test_what_is_off_topic_adds_up_over_the_files_and_keeps_its_lines(tmp_path):
    def says(cue):
        return f"{HEAD}- id: hors-sujet\n  label: Hors sujet\n  cues:\n  - {cue}\n"

    folders = instance(tmp_path, ("axes-a.yaml", says("mutuelle")), ("axes-b.yaml", says("rugby")))
    assert load_taxonomy(folders).of(Scheme.AXIS)[OFF_TOPIC].cues == ("mutuelle", "rugby")
    instance(tmp_path, ("axes-a.yaml", says("(a+)+")))
    with pytest.raises(ConfigError) as caught:
        load_taxonomy(folders)
    assert (caught.value.line, caught.value.file.endswith("axes-a.yaml")) == (7, True)
