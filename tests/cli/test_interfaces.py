"""What others script: options, files, exit codes and JSON shapes, driven as a person would, in whole processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = {"VEILLE_FETCH_ALLOW": "127.0.0.0/8", "VEILLE_FETCH_HOST_DELAY": "0"}


def rss(*items: tuple[str, str]) -> bytes:
    body = "".join(
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
        "<pubDate>Mon, 16 Nov 2026 08:00:00 +0100</pubDate>"
        "<description>Date limite : 15 janvier 2027.</description></item>"
        for title, link in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{body}</channel></rss>'.encode()


FEED = ("application/rss+xml", rss(("Appel à projets hydrogène", "https://a.example/1?utm_source=x"), ("Deux", "/2")))


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_init_needs_no_terminal_and_leaves_an_instance_ready(veille, tmp_path):
    command = [sys.executable, "-m", "veille", "init", "grappe"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 0
    assert (tmp_path / "grappe/var/veille.sqlite").exists()
    assert veille("--home", "grappe", "db", "status").returncode == 0
    again = veille("init", "grappe")
    assert again.returncode == 0
    assert "gardé" in again.stdout


def test_sources_check_at_the_root_needs_no_database_and_no_settings(veille, tmp_path):
    done = veille("--home", ROOT, "sources", "check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (ROOT / "veille.toml").exists()


def test_a_folder_that_is_no_instance_is_refused_and_left_empty(veille, tmp_path):
    for command in (["crawl"], ["tag"], ["digest", "build"], ["run"]):
        done = veille("--home", tmp_path, *command)
        assert done.returncode in {2, 3}, command
        assert "veille init" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"\0" * 100 + b"SQLite garbage" * 1000])
def test_an_absent_empty_or_corrupt_database_is_refused_and_left_as_it_is(veille, home, content):
    database = home / "var/veille.sqlite"
    for path in home.glob("var/veille.sqlite*"):
        path.unlink()
    if content is not None:
        database.write_bytes(content)
    done = veille("--home", home, "tag")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert (database.read_bytes() if database.exists() else None) == content


def test_crawl_ends_well_whatever_single_sources_did(veille, home, served):
    done = veille("--home", home, "crawl", "--json", env=LOOPBACK)
    assert done.returncode == 0, done.stderr
    by_id = {line["id"]: line for line in lines(done.stdout)}
    assert {"id", "state", "sentence", "http_status", "new", "seconds"} <= set(by_id["good"])
    assert (by_id["good"]["state"], by_id["good"]["new"]) == ("ok", 2)
    assert (by_id["page"]["state"], by_id["page"]["new"]) == ("invalide", 0)


def test_strict_exits_6_when_a_source_failed(veille, home, served):
    assert veille("--home", home, "crawl", "--strict", env=LOOPBACK).returncode == 6


def test_export_gives_every_entry_with_all_keys(veille, home, served):
    veille("--home", home, "crawl", env=LOOPBACK)
    done = veille("--home", home, "items", "export", "--jsonl")
    rows = lines(done.stdout)
    assert [sorted(row) for row in rows] == [["date", "feed", "item", "link", "seen", "source", "title"]] * 2
    assert rows[0]["feed"] == f"{served.url}/good.xml"
    assert {row["link"] for row in rows} == {"https://a.example/1?utm_source=x", f"{served.url}/2"}
    assert rows[0]["date"].startswith("2026-11-16T")


def test_the_whole_chain_from_crawl_to_tag(veille, home, served):
    assert veille("--home", home, "crawl", env=LOOPBACK).returncode == 0
    done = veille("--home", home, "tag")
    assert done.returncode == 0, done.stderr
    shown = veille("--home", home, "items", "list")
    assert "Appel à projets hydrogène" in shown.stdout


def test_an_instance_that_has_seen_a_later_time_refuses_and_says_the_cure(veille, home):
    assert veille("--home", home, "--now", "2026-12-01T08:00", "tag").returncode == 0
    refused = veille("--home", home, "--now", "2026-11-01T08:00", "tag")
    assert refused.returncode == 2
    assert "--now" in refused.stderr
    assert "veille init" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--now", "hier", "tag"], "ISO 8601"),
        (["relever"], "commande inconnue"),
        (["crawl", "--stritc"], "--strict"),
        (["items"], "Usage"),
        (["tag", "--jsonl", "absent.jsonl", "--out", "x"], "absent.jsonl"),
    ],
)
def test_a_wrong_command_line_exits_2_in_french(veille, arguments, words):
    done = veille(*arguments)
    assert done.returncode == 2
    assert words in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_tag_jsonl_needs_no_instance_and_names_bad_lines(veille, tmp_path):
    text = "Dépôt jusqu'au 15 janvier 2027."
    good = {"id": "1", "title": "Appel à projets hydrogène en Bretagne", "text": text, "lang": None}
    (tmp_path / "in.jsonl").write_text(f"{json.dumps(good)}\nnon\n", encoding="utf-8")
    done = veille("tag", "--jsonl", "in.jsonl", "--out", "out.jsonl")
    assert done.returncode == 2
    assert "ligne 2" in done.stderr
    (row,) = lines((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert row["id"] == "1"
    assert row["deadline"] == "2027-01-15"
    assert row["territories"][0]["code"] == "fr:region:53"
    assert {"term", "score", "evidence"} <= set(row["sectors"][0])
    assert row["types"][0]["term"] == "appel-a-projets"
    assert not (tmp_path / "var").exists()


def test_two_runs_at_once_share_and_never_double(veille, home, served):
    command = [sys.executable, "-m", "veille", "--home", str(home), "run"]
    both = [
        subprocess.Popen(command, env={**os.environ, **LOOPBACK}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    codes = []
    for process in both:
        out, err = process.communicate(timeout=120)
        codes.append(process.returncode)
        assert b"Traceback" not in err, err.decode() + out.decode()
    assert set(codes) <= {0, 4, 5}
    assert 0 in codes
    exported = lines(veille("--home", home, "items", "export", "--jsonl").stdout)
    assert len(exported) == 2
    assert [path for path, status in served.log].count("/good.xml") == 1


def test_a_second_daemon_refuses_and_the_first_stops_on_sigterm(veille, home, served):
    command = [sys.executable, "-m", "veille", "--home", str(home), "daemon"]
    first = subprocess.Popen(
        command, env={**os.environ, **LOOPBACK}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert "démon en marche" in first.stdout.readline()
        second = veille("--home", home, "daemon", env=LOOPBACK)
        assert second.returncode == 5
        assert "déjà en cours" in second.stderr
        deadline = time.monotonic() + 60
        while not lines(veille("--home", home, "items", "export", "--jsonl").stdout) and time.monotonic() < deadline:
            time.sleep(0.5)
        first.send_signal(signal.SIGTERM)
        out, err = first.communicate(timeout=60)
    finally:
        first.kill()
        first.communicate()
    assert first.returncode == 0, err
    assert "arrêt propre" in out
    assert len(lines(veille("--home", home, "items", "export", "--jsonl").stdout)) == 2


def test_works_with_lang_c_and_survives_a_closed_pipe(home, served):
    env = {**os.environ, **LOOPBACK, "LANG": "C", "LC_ALL": "C"}
    env.pop("PYTHONIOENCODING", None)
    shell = f"{sys.executable} -m veille --home {home} sources list | head -1"
    done = subprocess.run(["sh", "-c", shell], env=env, capture_output=True, check=False, timeout=60)
    assert b"Traceback" not in done.stderr
    assert done.stdout
