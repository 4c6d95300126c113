"""A model that is missing, damaged or of another version: collecting goes on, items wait and are tagged afterwards."""

import shutil

import pytest

from tests.inside import inside
from veille.app import make_app
from veille.cli.daemon import teller
from veille.config.instance import definitions, shipped
from veille.config.settings import load_settings
from veille.daemon.ticking import Daemon
from veille.demo.server import ReplayServer
from veille.errors import ConfigError, InputError, RelayUnavailable
from veille.model.details import DetailReport
from veille.model.runs import RunReport
from veille.nlp.fitting import model as fitted
from veille.nlp.fitting.model import MODEL, load_models, save_models
from veille.nlp.knowledge import seal

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>
<item><title>Appel à projets hydrogène</title><link>https://a.example/1</link></item>
<item><title>Subvention pour la filière bois</title><link>https://a.example/2</link></item></channel></rss>"""

ALLOWED = {"VEILLE_FETCH_ALLOW": "127.0.0.0/8", "VEILLE_FETCH_HOST_DELAY": "0"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("init") / "grappe"
    assert inside("init", home).returncode == 0
    return home


@pytest.fixture
def home(tmp_path, made):
    home = shutil.copytree(made, tmp_path / "grappe")
    with ReplayServer(lambda _: ("application/rss+xml", FEED.encode())) as server:
        (home / "sources.yaml").write_text(
            f"version: 1\nsources:\n- {{id: s, title: S, kind: feed, url: '{server.url}/s.xml', licence: public}}\n"
        )
        yield home


def damaged(home):
    path = home / MODEL
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    return path


def of_another_version(home, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(fitted, "RECIPE", fitted.RECIPE + 1)
        save_models(home / MODEL, {})
    return home / MODEL


def test_run_collects_says_the_cure_and_tags_when_the_model_is_back(home):
    path = damaged(home)
    done = inside("--home", home, "run", env=ALLOWED)
    assert done.returncode == 2
    assert "2 entrées nouvelles" in done.stdout
    assert "étiquetage arrêté : 2 articles restent à étiqueter" in done.stdout
    assert "modèle illisible" in done.stderr
    assert "make train" in done.stderr
    asked = inside("--home", home, "tag")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "make train" in asked.stderr

    shown = inside("--home", home, "doctor")
    assert shown.returncode == 2
    assert "modèle illisible" in shown.stdout
    assert "2 articles à étiqueter" in shown.stdout

    path.unlink()
    assert "étiquetage : 2 articles" in inside("--home", home, "run", env=ALLOWED).stdout
    assert "à étiqueter" not in inside("--home", home, "doctor").stdout


def test_tag_of_a_file_says_the_cure_and_writes_nothing(home, tmp_path, monkeypatch):
    of_another_version(home, monkeypatch)
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "1", "title": "Appel à projets", "text": ""}\n')
    done = inside("--home", home, "tag", "--jsonl", source, "--out", target)
    assert done.returncode == 2
    assert "autre version" in done.stderr
    assert "make train" in done.stderr
    assert not target.exists()


def test_a_daemon_whose_model_goes_and_comes_back_keeps_collecting_and_catches_up(home):
    app = make_app(load_settings(home, ALLOWED))
    reports = []
    daemon = Daemon(lambda: reports.append(app.run_due()))
    try:
        path = damaged(home)
        daemon._one()
        assert [report.new for report in reports[-1].crawled] == [2]
        assert "make train" in str(reports[-1].failure)
        assert reports[-1].untagged == 2
        assert any("restent à étiqueter" in line for line in reports[-1].sentences())
        daemon._one()
        assert reports[-1].untagged == 2
        path.unlink()
        daemon._one()
        assert (reports[-1].tagged, reports[-1].failure, reports[-1].untagged) == (2, None, 0)
        assert app.tag_store.untagged() == 0
    finally:
        app.close()


def test_a_model_installed_while_a_daemon_runs_is_used_at_its_next_tick(home):
    app = make_app(load_settings(home, ALLOWED))
    try:
        assert app.run_due().tagged == 2
        assert app.run_due().tagged == 0
        before = app.tagger
        assert app.tagger is before
        models = load_models(shipped() / MODEL)
        save_models(home / MODEL, models)
        assert app.run_due().tagged == 2
        assert app.tagger.pipeline != before.pipeline
    finally:
        app.close()


def test_a_model_of_nobody_is_missing(home, monkeypatch):
    bare = home.parent / "bare"
    for name in ("taxonomy", "territories", "veille"):
        shutil.copytree(shipped() / "pipelines" / name, bare / "pipelines" / name)
    shutil.copytree(shipped() / "digests", bare / "digests")
    monkeypatch.setattr("veille.stores.definitions", lambda own: (*definitions(own)[:1], bare))
    app = make_app(load_settings(home, ALLOWED))
    try:
        report = app.run_due()
        assert "modèle absent" in str(report.failure)
        assert report.untagged == 2
    finally:
        app.close()


def test_an_approved_issue_leaves_and_no_draft_is_made_while_items_wait(home):
    damaged(home)
    app = make_app(load_settings(home, ALLOWED))
    asked = []
    try:
        app.digest.run_due = lambda **how: asked.append(how) or ["édition remise"]
        assert "édition remise" in list(app.run_due().sentences())
        assert asked == [{"drafting": False, "news": False}]
    finally:
        app.close()


def test_a_daemon_says_the_trouble_once_and_once_its_end(capsys):
    tell = teller()
    broken = RunReport([], DetailReport(), 0, [], ConfigError("modèle illisible", file="model.npz"), 2)
    for report in (broken, broken, RunReport([], DetailReport(), 2, []), RunReport([], DetailReport(), 0, [])):
        tell(report)
    assert capsys.readouterr().err.splitlines() == [
        "étiquetage arrêté : model.npz : modèle illisible",
        "étiquetage repris",
    ]


def test_a_daemon_says_once_why_an_issue_does_not_leave_and_again_after_it_did(capsys):
    tell = teller()
    stuck = RunReport([], DetailReport(), 0, [], refusal=InputError("édition altérée", cure="rétablissez-la"))
    for report in (stuck, stuck, RunReport([], DetailReport(), 0, []), stuck):
        tell(report)
    assert capsys.readouterr().err.splitlines() == ["édition altérée — rétablissez-la"] * 2


def test_what_was_done_is_told_though_an_issue_could_not_leave(home):
    def failing(**_how):
        yield "édition remise"
        raise RelayUnavailable("relais injoignable")

    app = make_app(load_settings(home, ALLOWED))
    try:
        app.digest.run_due = failing
        report = app.run_due()
        assert "édition remise" in list(report.sentences())
        assert str(report.refusal) == "relais injoignable"
    finally:
        app.close()


def test_a_definition_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    def unreadable(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", unreadable)
    with pytest.raises(ConfigError, match=r"filieres\.yaml.*illisible"):
        seal([shipped()])
