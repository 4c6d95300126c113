import gc
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from veille.cli.base import Instance
from veille.cli.tag import tag
from veille.errors import BadLines, InputError
from veille.nlp.files import write_lines

KEYS = {
    "id", "lang", "sectors", "axes", "types", "themes", "audiences", "territories", "zones", "horizon", "deadline",
    "deadline_evidence", "deadline_state", "opening", "opening_evidence", "status", "amounts", "eligibility", "facts",
}  # fmt: skip


NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def run(tmp_path, lines, *, out="out.jsonl", now=NOW):
    source, target = tmp_path / "in.jsonl", tmp_path / out
    source.write_bytes(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines) + b"\n")
    done = CliRunner().invoke(
        tag, ["--jsonl", str(source), "--out", str(target)], obj=Instance(home=tmp_path, now=now), catch_exceptions=True
    )
    written = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()] if target.exists() else []
    return done, written


def item(number, **more):
    return {"id": f"i{number}", "title": "Appel à projets eau potable", "text": "En Bretagne.", **more}


def test_a_folder_that_is_no_instance_is_enough(tmp_path):
    done, [said] = run(tmp_path, [item(1)])
    assert done.exception is None
    assert set(said) == KEYS
    assert said["id"] == "i1"
    assert said["sectors"][0]["term"] == "eau"
    assert said["sectors"][0]["evidence"][0]["text"] == "eau potable"
    assert said["types"][0]["term"] == "appel-a-projets"
    assert said["horizon"] == "operationnelle"
    region = said["territories"][0]
    assert (region["code"], region["name"], region["level"], region["scope"]) == (
        "fr:region:53", "Bretagne", "region", region["scope"],
    )  # fmt: skip
    assert not list(tmp_path.glob("var*"))


def test_lines_come_out_in_the_order_they_went_in(tmp_path):
    _, said = run(tmp_path, [item(number) for number in range(700)])
    assert [one["id"] for one in said] == [f"i{number}" for number in range(700)]


def test_ids_come_back_as_they_were_written(tmp_path):
    _, said = run(
        tmp_path, [{**item(1), "id": 42}, {**item(2), "id": "x\ud800"}, {**item(3), "id": "x"}, {**item(4), "id": "x"}]
    )
    assert [one["id"] for one in said] == [42, "x\ud800", "x", "x"]


BAD = {
    "not JSON": b"{oops",
    "not an object": b"[1]",
    "not UTF-8": b'{"id": "\xff"}',
    "no id": b'{"title": "x"}',
    "null id": b'{"id": null}',
    "title of numbers": b'{"id": "1", "title": 3}',
    "source of text": b'{"id": "1", "source": "x"}',
    "facts of text": b'{"id": "1", "facts": []}',
    "codes of text": b'{"id": "1", "facts": {"cpv": "15"}}',
    "amount of text": b'{"id": "1", "facts": {"amount": "3"}}',
    "no such date": b'{"id": "1", "published": "2026-13-45"}',
    "no such deadline": b'{"id": "1", "facts": {"deadline": "demain"}}',
    "before the calendar": b'{"id": "1", "published": "0001-01-01T00:00:00+14:00"}',
    "after the calendar": b'{"id": "1", "published": "9999-12-31T23:59:59-12:00"}',
    "too deep": b'{"id": "1", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "too long a number": b'{"id": "1", "n": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named_by_number_and_the_rest_is_written(tmp_path, line):
    done, said = run(tmp_path, [item(1), line, b"", item(3)])
    assert isinstance(done.exception, BadLines)
    assert done.exception.exit_code == 2
    assert [number for number, _ in done.exception.problems] == [2]
    assert "ligne 2" in str(done.exception)
    assert [one["id"] for one in said] == ["i1", "i3"]


ODD = {
    "nulls": {"id": "1", **dict.fromkeys(["title", "text", "url", "lang", "published", "source", "facts"])},
    "inner nulls": {"id": "1", "source": {"sectors": None, "type": None}, "facts": {"cpv": None, "deadline": None}},
    "only an id": {"id": "1"},
    "unknown keys": {"id": "1", "gold": {"sectors": []}, "é": [1]},
    "unknown source": {"id": "1", "source": {"type": "nope", "sectors": ["nope"], "territory": "fr:commune:99999"}},
    "unknown codes": {"id": "1", "facts": {"cpv": ["zz"], "naf": [""], "nuts": ["XX999"]}},
    "surrogates": {"id": "1", "title": "eau \ud800 potable", "text": "\udfff"},
    "emojis": {"id": "1", "title": "😀", "text": "👍🏽" * 1000},
    "a megabyte of one word": {"id": "1", "title": "a" * 1_000_000, "text": "a" * 1_000_000},
}  # fmt: skip


@pytest.mark.parametrize("record", ODD.values(), ids=ODD.keys())
def test_odd_but_lawful_lines_are_tagged(tmp_path, record):
    done, said = run(tmp_path, [record, item(2)])
    assert done.exception is None
    assert [set(one) for one in said] == [KEYS, KEYS]


def test_a_stated_deadline_is_trusted_before_the_text(tmp_path):
    _, [said] = run(
        tmp_path, [item(1, text="Clôture le 3 mars 2027.", facts={"deadline": "2027-04-01T12:00:00+02:00"})]
    )
    assert said["deadline"] == "2027-04-01"


def test_a_date_without_a_year_needs_a_publication_date(tmp_path):
    _, said = run(
        tmp_path,
        [
            item(1, text="Date limite de dépôt : 15 mars."),
            item(2, text="Date limite de dépôt : 15 mars.", published="2026-11-23"),
        ],
    )
    assert [one["deadline"] for one in said] == [None, "2027-03-15"]


STATUSES = {
    "open": "Dossiers à déposer avant le 15 mars 2027.",
    "closed": "Dossiers à déposer avant le 15 octobre 2026.",
    "upcoming": "Dépôt des dossiers du 5 janvier 2027 au 15 mars 2027.",
    "rolling": "Dépôt des dossiers au fil de l'eau.",
    "unknown": "Une aide de la Région.",
}


@pytest.mark.parametrize(("status", "content"), STATUSES.items(), ids=STATUSES.keys())
def test_the_status_is_that_of_the_time_of_reading(tmp_path, status, content):
    _, [said] = run(tmp_path, [item(1, text=content)])
    assert said["status"] == status


def test_the_status_follows_the_clock_to_the_hour(tmp_path):
    call = item(1, text="Dossiers à déposer avant le 15 mars 2027 à 12 h.")
    states = [
        run(tmp_path, [call], now=datetime(2027, 3, 15, hour, 30, tzinfo=UTC))[1][0]["status"] for hour in (10, 11)
    ]
    assert states == ["open", "closed"]  # Paris is an hour ahead


def test_results_are_closed(tmp_path):
    _, [said] = run(tmp_path, [item(1, title="Les lauréats sont connus", text="Prochain dépôt avant le 15 mars 2027.")])
    assert said["status"] == "closed"


def test_amounts_and_eligibility_come_with_their_quotes(tmp_path):
    content = (
        "Bénéficiaires : PME de Bretagne. L'aide est plafonnée à 300 k€ par projet, au taux de 40 % des dépenses. "
        "L'appel est doté de 10 M€. Dépôt des dossiers du 5 janvier 2027 au 15 mars 2027."
    )
    _, [said] = run(tmp_path, [item(1, text=content)])
    amounts = {key: (one["value"], one["quote"] in content) for key, one in said["amounts"].items()}
    assert amounts == {"max": ("300000", True), "total": ("10000000", True), "rate": ("40", True)}
    sizes = said["eligibility"]["sizes"]
    assert sizes == said["facts"]["eligible_sizes"]
    assert sizes["value"] == "pme"
    assert sizes["quote"].startswith("Bénéficiaires : PME")
    assert said["eligibility"]["naf"] is None
    assert said["opening"] == "2027-01-05"
    assert "5 janvier 2027" in said["opening_evidence"]


_CALL = """La Région Bretagne soutient les PME implantées en Bretagne et créées depuis moins de 8 ans. Une subvention de
40 % des dépenses, plafonnée à 200 k€, sur une enveloppe de 5 M€. Ouverture le 5 janvier 2027. Date limite de dépôt :
12 mars 2027 à 12h. Les ETI ne sont pas éligibles. Contact : Claire Durand, c.durand@exemple.fr. Référence :
AAP-2027-03."""


def test_what_is_said_of_a_call_has_the_shape_that_the_documentation_gives(tmp_path):
    _, [said] = run(
        tmp_path, [{**item(1), "title": "Appel à projets numérique", "text": _CALL, "published": "2026-11-20"}]
    )
    assert (said["deadline"], said["deadline_state"], said["opening"]) == ("2027-03-12", "printed", "2027-01-05")
    assert said["status"] == "upcoming"
    assert set(said["amounts"]) == {"max", "total", "rate"}
    assert [said["amounts"][key]["value"] for key in ("max", "total", "rate")] == ["200000", "5000000", "40"]
    conditions = {key: fact["value"] for key, fact in said["eligibility"].items() if fact}
    assert conditions == {
        "sizes": "pme", "excluded_sizes": "eti", "age_max": "8", "territories": "fr:region:53",
    }  # fmt: skip
    for fact in (*said["amounts"].values(), *said["eligibility"].values(), *said["facts"].values()):
        if fact:
            assert set(fact) == {"value", "quote", "origin", "evidence"}
            assert all(_CALL[one["start"] : one["end"]] == one["text"] for one in fact["evidence"])
    assert said["facts"]["contact"]["value"] == "Claire Durand, c.durand@exemple.fr"
    assert said["facts"]["reference"]["value"] == "AAP-2027-03"
    assert {one["scope"] for one in said["territories"]} <= {"main", "mentioned"}


def test_every_key_is_in_the_documentation(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "reference" / "faits.md").read_text(encoding="utf-8")
    _, [said] = run(tmp_path, [item(1)])
    assert {key for key in (*said, *said["amounts"], *said["eligibility"]) if f"`{key}`" not in page} == set()


def test_a_byte_order_mark_and_blank_lines_are_no_matter(tmp_path):
    done, said = run(tmp_path, [b"\xef\xbb\xbf" + json.dumps(item(1)).encode(), b"  ", b"\r", item(2)])
    assert done.exception is None
    assert len(said) == 2


def test_an_empty_file_gives_an_empty_file(tmp_path):
    done, said = run(tmp_path, [])
    assert done.exception is None
    assert said == []
    assert (tmp_path / "out.jsonl").exists()


def test_a_missing_input_leaves_the_output_alone(tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("avant")
    done = CliRunner().invoke(
        tag, ["--jsonl", str(tmp_path / "absent"), "--out", str(target)], obj=Instance(home=tmp_path)
    )
    assert isinstance(done.exception, InputError)
    assert target.read_text() == "avant"


def test_an_output_in_no_folder_is_refused(tmp_path):
    done, _ = run(tmp_path, [item(1)], out="nulle/part.jsonl")
    assert isinstance(done.exception, InputError)
    assert "impossible d'écrire" in str(done.exception)


def test_standard_input_and_output_are_dashes(tmp_path):
    done = CliRunner().invoke(tag, ["--jsonl", "-"], obj=Instance(home=tmp_path), input=json.dumps(item(1)) + "\n")
    assert json.loads(done.stdout)["id"] == "i1"


def test_what_was_known_may_be_freed_once_the_command_ends(tmp_path):
    run(tmp_path, [item(1)])
    assert gc.get_freeze_count() == 0


def test_out_without_jsonl_is_refused(tmp_path):
    done = CliRunner().invoke(tag, ["--out", "x"], obj=Instance(home=tmp_path))
    assert done.exit_code == 2


def test_an_output_cut_short_leaves_what_was_there(tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("avant\n")

    def lines():
        yield "un"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lines(target, lines())
    assert target.read_text() == "avant\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_device_is_written_to_not_replaced():
    write_lines(Path("/dev/null"), ["x"])
    assert not Path("/dev/null").is_file()


def test_a_link_keeps_leading_to_its_file(tmp_path):
    (tmp_path / "real").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_lines(tmp_path / "link", ["x"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x\n"


def test_a_killed_run_leaves_no_half_file(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(item(n, text="eau potable " * 100)) + "\n" for n in range(5000)))
    code = (
        "from veille.nlp.files import lines_of, write_lines\nfrom veille.nlp.jsonl import tag_lines\n"
        "from veille.nlp.tagger import load_tagger\nfrom veille.config.instance import definitions\n"
        "from pathlib import Path\nimport sys\n"
        "tagger = load_tagger(definitions(Path(sys.argv[1]).parent))\n"
        "with lines_of(Path(sys.argv[1])) as lines:\n"
        "    write_lines(Path(sys.argv[2]), tag_lines(lines, tagger, tagger.gazetteer, []))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(source), str(tmp_path / "out.jsonl")])
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size for path in tmp_path.glob(".out.jsonl.*")) and time.monotonic() < deadline:
        assert child.poll() is None
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "out.jsonl").exists()
