"""`veille sources health`: the ennuis first, each told once."""

import json

import pytest

HOURS = [f"2027-03-01T{hour:02}:00:00+00:00" for hour in range(8, 18)]


@pytest.fixture
def crawled(veille, home, served):
    """Crawl `count` times, an hour apart."""
    (home / "veille.toml").write_text('[fetch]\nallow = ["127.0.0.0/8"]\nhost_delay = 0\n', encoding="utf-8")

    def crawl(first, count):
        for moment in HOURS[first : first + count]:
            done = veille("--home", home, "--now", moment, "crawl", "--force")
            assert done.returncode == 0, done.stderr

    return crawl


def health(veille, home, hour, *options):
    done = veille("--home", home, "--now", HOURS[hour], "sources", "health", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def test_before_the_first_crawl_every_source_waits(veille, home, served):
    found = rows(health(veille, home, 0, "--json"))
    assert [(row["id"], row["state"], row["since"]) for row in found] == [
        ("good", "en attente", None),
        ("page", "en attente", None),
    ]


def test_the_worst_comes_first_with_its_sentence_and_what_to_do(veille, home, crawled):
    crawled(0, 1)
    lines = health(veille, home, 0).splitlines()
    assert lines[0].startswith("invalide    page")
    assert "page HTML" in lines[0]
    assert "vérifiez l'adresse" in lines[0]
    assert lines[1].startswith("ok          good")
    assert lines[1].endswith("rien à faire")
    assert lines[-1] == "2 sources : 1 invalide, 1 ok"


def test_json_says_everything_a_console_shows(veille, home, crawled):
    crawled(0, 1)
    bad, good = rows(health(veille, home, 0, "--json"))
    assert (bad["state"], bad["failures"], bad["http_status"]) == ("invalide", 1, 200)
    assert (good["state"], good["robots"], good["reserved"]) == ("ok", "absent", None)
    assert good["checked"].startswith("2027-03-01T08:00")
    assert good["next_check"] > good["checked"]


def test_a_named_source_alone_is_shown_and_an_unknown_one_refused(veille, home, crawled):
    crawled(0, 1)
    assert [row["id"] for row in rows(health(veille, home, 0, "good", "--json"))] == ["good"]
    refused = veille("--home", home, "sources", "health", "goood")
    assert refused.returncode == 2
    assert "good" in refused.stderr


def test_a_trouble_that_lasts_is_told_once_and_so_is_its_end(veille, home, crawled, served):
    crawled(0, 1)
    assert rows(health(veille, home, 0, "--new", "--json")) == []
    crawled(1, 1)
    (event,) = rows(health(veille, home, 1, "--new", "--json"))
    assert (event["id"], event["state"]) == ("page", "invalide")
    text = health(veille, home, 1, "--new", "--told")
    assert "À voir" in text
    assert "Page (invalide depuis 1 h)" in text
    crawled(2, 3)
    assert rows(health(veille, home, 4, "--new", "--json")) == []
    assert "Déjà signalées\n- Page (invalide depuis 4 h)" in health(veille, home, 4, "--new", "--told")
    served.documents["/page.xml"] = served.documents["/good.xml"]
    crawled(5, 1)
    text = health(veille, home, 5, "--new", "--told")
    assert "Rétablies\n- Page : de nouveau relevée" in text
    assert health(veille, home, 5, "--new").endswith("Rien à signaler.\n")


def test_a_trouble_that_ended_before_anybody_heard_of_it_is_its_end_only(veille, home, crawled, served):
    crawled(0, 3)
    served.documents["/page.xml"] = served.documents["/good.xml"]
    crawled(3, 1)
    text = health(veille, home, 3, "--new")
    assert "À voir" not in text
    assert "Rétablies" in text


def test_a_source_switched_off_is_nobody_s_trouble(veille, home, crawled):
    crawled(0, 2)
    path = home / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title: Page,", "title: Page, enabled: false,"), "utf-8")
    assert [row["id"] for row in rows(health(veille, home, 2, "--json"))] == ["good"]


def test_a_source_with_a_new_address_waits_again(veille, home, crawled):
    crawled(0, 2)
    path = home / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("/page.xml", "/autre.xml"), "utf-8")
    assert {row["id"]: row["state"] for row in rows(health(veille, home, 2, "--json"))}["page"] == "en attente"


def test_on_a_terminal_it_is_a_table_and_foreign_text_stays_harmless(monkeypatch, capsys):
    from datetime import UTC, datetime

    from veille.cli import health as module
    from veille.model import SourceHealth, SourceStatus

    monkeypatch.setenv("COLUMNS", "200")
    status = SourceStatus(
        source_id="x", title="Titre\x1b[31m", url="", health=SourceHealth.FAILING, sentence="en panne"
    )
    module._table([status], datetime(2027, 3, 1, tzinfo=UTC))
    shown = capsys.readouterr().out
    assert "À faire" in shown
    assert "\\x1b" in shown
    assert "\x1b[31mT" not in shown
