import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.digest.builders import item, store_items
from tests.digest.sink import Plan, Sink
from tests.inside import inside
from veille.storage.db import Database

NOW = "2026-11-27T07:30:00+01:00"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two instances, made once: `fresh`, with forty readers whose needs are in two calls, and `approved`."""
    folder = tmp_path_factory.mktemp("snapshots")
    home = folder / "fresh"
    assert inside("init", home).returncode == 0
    settings = '[cluster]\nid = "pole"\nname = "Pôle"\n[site]\nurl = "https://veille.example.fr"\n'
    (home / "veille.toml").write_text(settings + '[mail]\nsender = "veille@pole.example.fr"\n', encoding="utf-8")
    rows = [f"Membre {n},p{n}@exemple.fr,encapsulation d'extraits végétaux" for n in range(40)]
    (home / "m.csv").write_text("organisation,email,needs\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert inside("--home", home, "members", "import", home / "m.csv").returncode == 0
    database = Database(f"sqlite:///{home / 'var' / 'veille.sqlite'}")
    text = "Encapsulation d'extraits végétaux : aide aux projets. " * 10
    titles = (
        "Encapsulation d'extraits végétaux : appel à projets",
        "\x1b]0;pwned\x07Extraits végétaux : encapsulation",
    )
    store_items(database, [item(n, title=title, text=text) for n, title in enumerate(titles, 1)])
    database.close()
    shutil.copytree(home, folder / "approved")
    assert inside("--home", folder / "approved", "--now", NOW, "digest", "build").returncode == 0
    done = inside("--home", folder / "approved", "--now", NOW, "digest", "approve", "--by", "Claire")
    assert done.returncode == 0, done.stderr
    assert "Claire" in done.stdout
    return folder


@pytest.fixture
def home(snapshots: Path, tmp_path: Path) -> Path:
    """An instance with readers and calls, no issue yet."""
    return Path(shutil.copytree(snapshots / "fresh", tmp_path / "grappe"))


@pytest.fixture
def approved_home(snapshots: Path, tmp_path: Path) -> Path:
    """The same, its issue approved."""
    return Path(shutil.copytree(snapshots / "approved", tmp_path / "grappe"))


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_build_prints_the_items_of_each_member_as_json(home: Path) -> None:
    done = inside("--home", home, "--now", NOW, "digest", "build", "--json")
    assert done.returncode == 0, done.stderr
    rows = lines(done.stdout)
    assert len(rows) == 40
    assert rows[0]["subscriber"] == "p0@exemple.fr"
    first = rows[0]["items"][0]  # type: ignore[index]
    assert {"url", "section", "reasons"} <= set(first)
    assert first["reasons"]


def test_staff_are_told_of_a_bulletin_that_nears_the_clip(home: Path) -> None:
    light = inside("--home", home, "--now", NOW, "digest", "build")
    assert "Gmail" not in light.stdout
    own = home / "digests" / "hebdo"
    own.mkdir(parents=True, exist_ok=True)
    page = '<html lang="fr"><body>{{ "x" * 85000 }}</body></html>'
    (own / "body.html.jinja").write_text(page, encoding="utf-8")
    heavy = inside("--home", home, "--now", NOW, "digest", "build")
    assert "le plus lourd des bulletins : 85 ko de HTML, Gmail coupe vers 102 ko" in heavy.stdout
    shown = inside("--home", home, "--now", NOW, "digest", "preview", "Membre 3", "--html", home / "v.html")
    assert "attention : 85 ko de HTML" in shown.stderr


def test_approval_without_a_session_name_asks_who(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    inside("--home", home, "--now", NOW, "digest", "build")
    done = inside("--home", home, "--now", NOW, "digest", "approve")
    assert done.returncode == 2
    assert "--by" in done.stderr


def test_send_refuses_what_nobody_approved(home: Path) -> None:
    inside("--home", home, "--now", NOW, "digest", "build")
    done = inside("--home", home, "--now", NOW, "digest", "send")
    assert done.returncode == 2
    assert "veille digest approve" in done.stderr
    assert "Traceback" not in done.stderr


def test_send_writes_each_mail_once_and_lists_them(approved_home: Path) -> None:
    for _ in range(2):
        done = inside("--home", approved_home, "--now", NOW, "digest", "send", "--json")
        assert done.returncode == 0, done.stderr
        rows = lines(done.stdout)
        assert {row["state"] for row in rows} == {"sent"}
        assert len({row["message_id"] for row in rows}) == 40
    assert len(list((approved_home / "var" / "mail").glob("*.eml"))) == 40
    shown = inside("--home", approved_home, "--now", NOW, "digest", "status")
    assert "remis au serveur" in shown.stdout


def test_preview_shows_text_with_terminal_escapes_neutralised(home: Path) -> None:
    done = inside("--home", home, "--now", NOW, "digest", "preview", "Membre 3", "--html", home / "v.html", "--text")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "Préparée pour Membre 3" in done.stdout
    assert '<html lang="fr"' in (home / "v.html").read_text(encoding="utf-8")
    raw = inside("--home", home, "--now", NOW, "digest", "preview", "p3@exemple.fr", "--eml").stdout
    assert raw.startswith("Date: ")


def test_under_now_no_relay_outside_is_used(approved_home: Path) -> None:
    done = inside(
        "--home", approved_home, "--now", NOW, "digest", "send", env={"VEILLE_MAIL_URL": "smtp://relais.example.fr"}
    )
    assert done.returncode == 2
    assert "--now" in done.stderr


def test_relay_that_does_not_answer_is_said_in_french(approved_home: Path) -> None:
    done = inside(
        "--home", approved_home, "--now", NOW, "digest", "send", env={"VEILLE_MAIL_URL": "smtp://u:secret@127.0.0.1:1"}
    )
    assert done.returncode == 1
    assert "injoignable" in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_command_killed_while_it_sends_is_resumed_by_the_next(approved_home: Path) -> None:
    log = approved_home / "accepted"
    with Sink(log=log, delay=0.02) as sink:
        env = {"VEILLE_MAIL_URL": sink.url, "VEILLE_MAIL_ACCEPT_LOG": str(log)}
        command = [sys.executable, "-m", "veille", "--home", str(approved_home), "--now", NOW, "digest", "send"]
        for wanted in (3, 15):
            process = subprocess.Popen(command, env={**os.environ, **env})
            while len(sink.taken) < wanted and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.wait()
        done = inside("--home", approved_home, "--now", NOW, "digest", "send", "--json", env=env)
    assert done.returncode == 0, done.stderr
    assert {row["state"] for row in lines(done.stdout)} == {"sent"}
    assert sorted(Counter(one.message_id for one in sink.taken).values()) == [1] * 40


def test_a_draft_that_writes_to_nobody_is_not_said_to_wait_for_approval(home: Path) -> None:
    inside("--home", home, "--now", "2027-06-25T07:30:00+02:00", "digest", "build")  # every call closed long ago
    shown = inside("--home", home, "--now", "2027-06-25T07:30:00+02:00", "digest", "status")
    assert "Aucun bulletin : rien à approuver" in shown.stdout
    assert "Approuvez-la" not in shown.stdout


def test_what_was_approved_is_told_though_another_bulletin_is_refused(home: Path) -> None:
    other = home / "digests" / "z-direction"
    shutil.copytree(Path(__file__).parents[2] / "digests" / "hebdo", other)
    assert inside("--home", home, "--now", NOW, "digest", "build").returncode == 0
    (other / "body.html.jinja").write_text("<p>{{ nobody }}</p>", encoding="utf-8")
    done = inside("--home", home, "--now", NOW, "digest", "approve", "--by", "Claire")
    assert done.returncode == 2
    assert "Édition hebdo 2026-W48 approuvée par Claire" in done.stdout
    assert "z-direction/body.html.jinja" in done.stderr


def test_a_trial_that_the_relay_refuses_is_an_error(approved_home: Path) -> None:
    text = (approved_home / "veille.toml").read_text(encoding="utf-8")
    (approved_home / "veille.toml").write_text(
        text.replace('name = "Pôle"', 'name = "Pôle"\neditors = ["chef@pole.example.fr"]'), encoding="utf-8"
    )
    command = ("--home", approved_home, "--now", NOW, "digest", "test", "--to", "chef@pole.example.fr")
    with Sink(Plan({"rcpt": ["550 5.1.1 no such user"]})) as sink:
        refused = inside(*command, env={"VEILLE_MAIL_URL": sink.url})
    assert refused.returncode == 2
    assert "non remis" in refused.stderr
    assert "remis au serveur" in inside(*command).stdout
