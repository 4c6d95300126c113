"""Every hostile command line or circumstance of the shared list is met by a test that this file names or holds."""

import re
from pathlib import Path

import pytest

from tests.bad_inputs import cases

TESTS = Path(__file__).resolve().parents[1]

#: Id → the test that meets it, somewhere in tests/.
MET = {
    "CLI-002": "test_a_device_is_no_input",
    "CLI-005": "test_impossible_arguments_are_refused_in_french",
    "CLI-006": "test_terminal_escapes_of_a_title_are_neutralised",
    "CLI-007": "test_works_with_lang_c_and_survives_a_closed_pipe",
    "CLI-008": "test_an_absent_empty_or_corrupt_database_is_refused_and_left_as_it_is",
    "CLI-009": "test_an_absent_empty_or_corrupt_database_is_refused_and_left_as_it_is",
    "CLI-011": "test_busy_database_is_said_after_the_wait_and_no_write_is_lost",
    "CLI-012": "test_full_disk_keeps_what_was_committed_and_resumes_when_space_returns",
    "CLI-014": "test_a_second_daemon_refuses_and_the_first_stops_on_sigterm",
    "CLI-015": "test_a_clock_set_back_doubles_nothing",
    "CLI-016": "test_killed_anywhere_nothing_is_lost_and_nothing_doubled",
    "CLI-017": "test_a_taxonomy_that_cannot_be_read_stops_tagging_not_crawling",
}


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("cli"))
def test_every_hostile_circumstance_has_its_test(case):
    assert case["id"] in MET, f"nobody handles {case['id']}"


def test_the_tests_named_here_exist():
    written = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    found = set(re.findall(r"^def (test_\w+)\(", written, re.MULTILINE))
    assert set(MET.values()) - found == set()


def test_a_device_is_no_input(veille, tmp_path):
    for source in ("/dev/zero", tmp_path):
        done = veille("tag", "--jsonl", source, "--out", "out.jsonl")
        assert done.returncode == 2
        assert "pas un fichier" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_impossible_arguments_are_refused_in_french(veille):
    for arguments in (["--now", "2026-02-30", "tag"], ["items", "list", "--limit", "-5"], ["digest", "sned"]):
        done = veille(*arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert not re.search(r"\b(Error|Invalid|must be|is not a valid)\b", done.stderr), done.stderr


def test_terminal_escapes_of_a_title_are_neutralised(home, served, veille):
    from tests.cli.test_interfaces import LOOPBACK, rss

    served.documents = {"/good.xml": ("application/rss+xml", rss(("Titre &#x9b;2J\x85 fin", "https://a.example/1")))}
    veille("--home", home, "crawl", "good", env=LOOPBACK)
    veille("--home", home, "tag")
    shown = veille("--home", home, "items", "list")
    assert "Titre" in shown.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown.stdout)


def test_a_clock_set_back_doubles_nothing(home, served, veille):
    from tests.cli.test_interfaces import LOOPBACK

    later = veille("--home", home, "--now", "2027-01-10T08:00", "crawl", env=LOOPBACK)
    assert later.returncode == 0
    back = veille("--home", home, "crawl", "--force", env=LOOPBACK)
    assert back.returncode == 0
    assert "horloge" in back.stderr
    assert len(veille("--home", home, "items", "export", "--jsonl").stdout.splitlines()) == 2


def test_a_taxonomy_that_cannot_be_read_stops_tagging_not_crawling(home, served, veille):
    from tests.cli.test_interfaces import LOOPBACK

    folder = home / "pipelines/taxonomy"
    folder.mkdir(parents=True)
    (folder / "filieres.yaml").write_text("terms: [\n", encoding="utf-8")
    assert veille("--home", home, "crawl", env=LOOPBACK).returncode == 0
    refused = veille("--home", home, "tag")
    assert refused.returncode == 2
    assert "filieres.yaml" in refused.stderr
    assert veille("--home", home, "doctor").returncode == 2
    (folder / "filieres.yaml").unlink()
    assert veille("--home", home, "tag").returncode == 0
    assert "hydrogène" in veille("--home", home, "items", "list").stdout
