"""`veille pipeline retrain`: what staff corrected is learnt, compared unseen, and installed if nothing falls."""

import json
import shutil
from functools import partial

import pytest

from tests.inside import inside
from tests.nlp.test_evaluate import ENERGY, NOTICES, write_sets
from veille.app import make_app
from veille.config.settings import load_settings
from veille.demo.server import ReplayServer
from veille.model import Decision, Scheme, TagDecision
from veille.nlp.fitting import retraining, training
from veille.nlp.fitting.corpus import OWN, may_teach
from veille.nlp.fitting.gold import read_gold
from veille.nlp.fitting.model import MODEL, load_models

TITLES = [f"Grelottage de zinzolin, lot {number}" for number in range(12)]
TEXT = "Le grelottage du zinzolin demande un atelier et des presses ; le zinzolin grelotté se garde au sec."
ITEMS = "".join(
    f"<item><title>{title}</title><link>https://a.example/{number}</link><description>{TEXT * 3}</description></item>"
    for number, title in enumerate(TITLES)
)
FEED = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{ITEMS}</channel></rss>'
ALLOWED = {"VEILLE_FETCH_ALLOW": "127.0.0.0/8", "VEILLE_FETCH_HOST_DELAY": "0"}


@pytest.fixture(scope="module")
def corrected(tmp_path_factory):
    """An instance whose staff said, of twelve items that no cue knows, that they are about textiles alone."""
    home = tmp_path_factory.mktemp("init") / "grappe"
    assert inside("init", home).returncode == 0
    with ReplayServer(lambda _: ("application/rss+xml", FEED.encode())) as server:
        (home / "sources.yaml").write_text(
            f"version: 1\nsources:\n- {{id: s, title: S, kind: feed, url: '{server.url}/s.xml', licence: public}}\n"
        )
        assert inside("--home", home, "run", env=ALLOWED).returncode == 0
    app = make_app(load_settings(home, ALLOWED))
    decide = partial(TagDecision, scheme=Scheme.SECTOR, by="Ana", at=app.clock.now())
    for number in range(1, 13):
        guesses = [tag.term for tag in app.item_store.item(number).of(Scheme.SECTOR)]
        wrong = [decide(item_id=number, term=term, decision=Decision.REJECTED) for term in guesses]
        right = decide(item_id=number, term="textile-mode-luxe", decision=Decision.ADDED)
        app.review_store.decide([*wrong, right])
    app.close()
    return home


@pytest.fixture
def home(corrected, tmp_path):
    return shutil.copytree(corrected, tmp_path / "grappe")


@pytest.fixture
def gold(tmp_path, monkeypatch):
    """Small sets, two folds and three rounds of fitting: what is tested is not how well."""
    for place in ("veille.nlp.fitting.corpus.FOLDS", "veille.nlp.fitting.held_out.FOLDS"):
        monkeypatch.setattr(place, 2)
    monkeypatch.setattr("veille.nlp.fitting.folds.fit", partial(training.fit, rounds=3))
    return write_sets(tmp_path / "gold", energie=ENERGY, avis=NOTICES)


def sectors(home, number):
    app = make_app(load_settings(home, ALLOWED))
    try:
        return {tag.term: tag.origin for tag in app.item_store.item(number).of(Scheme.SECTOR)}
    finally:
        app.close()


def test_what_staff_corrected_is_learnt_and_stands_after_everything_is_tagged_again(home, gold):
    before = inside("--home", home, "doctor").stdout
    done = inside("--home", home, "pipeline", "retrain", "--gold", gold, "--workers", 1, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["decisions"] == 12
    assert told["after"]["DECISIONS.followed"] > told["before"]["DECISIONS.followed"]
    assert "modèle installé" in done.stderr
    assert "textile-mode-luxe" in load_models(home / MODEL)[Scheme.SECTOR].labels

    assert inside("--home", home, "doctor").stdout != before  # it names the pipeline, sealed by the model
    assert "12 fiches étiquetées" in inside("--home", home, "tag").stdout
    assert sectors(home, 3) == {"textile-mode-luxe": "person"}


@pytest.fixture
def compared(monkeypatch):
    """What a comparison would have found."""

    def found(before, after):
        monkeypatch.setattr(retraining, "compare", lambda *_: retraining.Comparison(before, after))

    return found


def test_a_dry_run_compares_and_installs_nothing(home, gold, compared):
    compared({"ALL.sectors_top1": 0.5, "DECISIONS.followed": 0.2}, {"ALL.sectors_top1": 0.5, "DECISIONS.followed": 0.9})
    done = inside("--home", home, "pipeline", "retrain", "--gold", gold, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "12 articles corrigés" in done.stdout
    assert "0,200  0,900  +" in done.stdout
    assert not (home / MODEL).exists()


@pytest.mark.parametrize("figure", ["ALL.sectors_top1", "DECISIONS.followed"])
def test_a_figure_that_falls_leaves_everything_as_it_was(home, gold, compared, figure):
    before = {"ALL.sectors_top1": 0.5, "DECISIONS.followed": 0.2}
    compared(before, {**before, figure: before[figure] - 0.1})
    done = inside("--home", home, "pipeline", "retrain", "--gold", gold)
    assert done.returncode == 7
    assert figure in done.stderr
    assert not (home / MODEL).exists()


def test_without_corrections_there_is_nothing_to_learn(tmp_path, gold):
    home = tmp_path / "neuve"
    assert inside("init", home).returncode == 0
    done = inside("--home", home, "pipeline", "retrain", "--gold", gold)
    assert done.returncode == 2
    assert "veille tag correct" in done.stderr


def test_without_gold_sets_only_axes_are_learnt(home):
    done, learnt = (inside("--home", home, "pipeline", *words) for words in (["retrain"], ["learn"]))
    assert (done.returncode, done.stdout, done.stderr) == (learnt.returncode, learnt.stdout, learnt.stderr)
    assert not (home / MODEL).exists()


def test_an_interrupted_install_leaves_the_model_that_was_there(home, gold, compared, monkeypatch):
    (home / MODEL).parent.mkdir(parents=True)
    (home / MODEL).write_bytes(b"before")

    def full(_path, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(retraining, "write_atomically", full)
    compared({}, {})
    done = inside("--home", home, "pipeline", "retrain", "--gold", gold)
    assert done.returncode == 2
    assert "impossible d'écrire" in done.stderr
    assert (home / MODEL).read_bytes() == b"before"


def test_decisions_are_a_labelled_set_like_any_other(corrected, tmp_path):
    from veille.cli.pipeline_retrain import _lessons

    app = make_app(load_settings(corrected, ALLOWED))
    try:
        lines = _lessons(app)
    finally:
        app.close()
    (tmp_path / "decisions.jsonl").write_text("\n".join(lines))
    records = read_gold([tmp_path / "decisions.jsonl"])
    assert len(records) == 12
    assert {one.sectors for one in records} == {frozenset({"textile-mode-luxe"})}
    assert {one.types for one in records} == {frozenset()}  # nobody judged a type
    assert all(one.free for one in records)
    assert may_teach(OWN)
    assert not may_teach("inconnue")
