"""What no honest source sends, through the door of any text: read in bounded time, never for what it is not."""

import base64
import json
import time
from datetime import UTC, datetime

import pytest

from veille.model import Scheme, TextToTag
from veille.nlp.hostile import readable
from veille.nlp.jsonl import tag_lines

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CALL = "Appel à projets eau potable : les PME de Bretagne peuvent candidater jusqu'au 15 mars 2027."
BLOB = base64.b64encode(bytes(range(256)) * 400).decode()
HOSTILE = {
    "nothing": "",
    "white space": " \n\t\u00a0\u2003\u200b " * 200,
    "one word of a megabyte": "eau" * 350_000,
    "one sentence of a megabyte": "eau potable " * 90_000,
    "only emojis": "😀👍🏽🇫🇷👩‍👩‍👧" * 2_000,
    "right to left": "\u202eدعوة لتقديم مشاريع في مجال المياه\u202c " * 400,
    "mixed directions": "eau \u202eelbatop\u202c appel \u2067مشروع\u2069 " * 300,
    "read in the wrong encoding": CALL.encode().decode("latin-1") * 20,
    "base64": f"data:image/png;base64,{BLOB}",
    "open tags": "<p>" * 30_000,
    "an endless tag": "<a href='" + "eau " * 20_000,
    "nested comments": "<!--" * 20_000,
    "scripts": "<script>var eau = 'potable';</script>" * 400,
    "entities": "&nbsp;&amp;&eacute;" * 10_000,
    "controls": "\x00\x1b[31m\x07\ufffd" * 3_000,
    "lone surrogates": "eau \ud800 potable \udfff " * 500,
    "marks upon marks": "e" + "\u0301" * 20_000,
    "numbers": "1 " * 30_000,
    "dates": "15/03/2027 " * 3_000,
    "amounts": "200 000 € " * 3_000,
    "sums without end": "9" * 20_000 + " €",
    "stops": "." * 30_000,
    "quotation marks": "«’» " * 10_000,
    "places": "Paris Lyon Marseille " * 1_500,
    "one cue": "hydrogène " * 3_000,
    "lines": "a\n" * 20_000,
    "acronyms": "AMI AAP CPV " * 2_500,
}


def tagged(tagger, title, body=""):
    [found] = tagger.tag([TextToTag(id="1", title=title, text=body)])
    return found


def terms(found, scheme):
    return {tag.term for tag in found.of(scheme)}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_tagged_through_the_command_in_bounded_time(tagger, content):
    line = json.dumps({"id": "1", "title": content[:2_000], "text": content}).encode()
    start, problems = time.process_time(), []
    [answer] = list(tag_lines([line], tagger, tagger.gazetteer, problems, now=NOW))
    assert time.process_time() - start < 3
    assert problems == []
    assert json.loads(answer)["id"] == "1"


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_explained_in_bounded_time(tagger, content):
    start = time.process_time()
    tagger.explain(TextToTag(id="1", title=content[:2_000], text=content))
    assert time.process_time() - start < 4


def test_a_call_is_read_behind_what_surrounds_it(tagger):
    plain = tagged(tagger, "Avis", CALL)
    for around in (f"<div class='textile cuir'>{CALL}</div>", f"{CALL} {BLOB}", f"<!-- textile -->{CALL}",
                   f"<a href='https://exemple.fr/textile/cuir/mode'>lire</a> {CALL}",
                   f"<style>.textile {{}}</style>{CALL}", f"{CALL}&nbsp;"):  # fmt: skip
        found = tagged(tagger, "Avis", around)
        assert terms(found, Scheme.SECTOR) == terms(plain, Scheme.SECTOR), around[:40]
        assert found.of(Scheme.SECTOR)[0].term == "eau"
        assert "textile-mode-luxe" not in terms(found, Scheme.SECTOR)
        assert found.fact("deadline").value == plain.fact("deadline").value


def test_nothing_but_a_blob_or_emojis_says_nothing_of_any_trade(tagger):
    for content in (BLOB, HOSTILE["only emojis"], HOSTILE["scripts"], ""):
        found = tagged(tagger, "", content)
        assert terms(found, Scheme.SECTOR) == set()
        assert found.fact("deadline") is None


def test_blanking_moves_no_character():
    text = f"<p class='x'>Eau&nbsp;potable</p> 3 < 4 et 5 > 2 {'b' * 400} fin"
    read = readable(text)
    assert len(read) == len(text)
    assert read.split() == ["Eau", "potable", "3", "<", "4", "et", "5", ">", "2", "fin"]


def test_evidence_stands_on_the_printed_words(tagger):
    body = f"<div class='eau'>{CALL}</div>"
    for tag in tagged(tagger, "Avis", body).tags:
        for said in tag.evidence:
            if said.where == "text":
                assert body[said.start : said.end] == said.text
