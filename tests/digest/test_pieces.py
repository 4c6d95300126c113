"""A bulletin put together from pieces is, byte for byte, the one that is drawn and encoded whole."""

import quopri
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.digest.builders import bulletin, hebdo
from tests.digest.test_render import LINKS, full, page
from veille.digest.mail.encoding import quoted_printable
from veille.digest.rendering.context import ItemLinks
from veille.digest.rendering.encoding import encode_whole
from veille.digest.rendering.layout import cut
from veille.digest.rendering.piecewise import PieceRenderer
from veille.digest.rendering.render import renderer_for
from veille.digest.rendering.templates import compile_templates
from veille.digest.rendering.whole import LocalRenderer
from veille.errors import TemplateError
from veille.model import Bulletin, Line, Section

COMPILED = compile_templates(hebdo())
#: One renderer for all examples: what one left in it must not show in another.
SHARED = renderer_for(COMPILED)
TEXT = st.text(max_size=90) | st.sampled_from(["", "<b>&amp;", "\r\n.\r\n", "a\u2028b", "{{ 7*7 }}", "=" * 80, " \t "])
WORDS = st.lists(TEXT, max_size=3).map(tuple)
LINES = st.builds(
    Line,
    item_id=st.integers(1, 120),
    item_version=st.just(1),
    title=TEXT,
    url=st.none() | st.sampled_from(["https://exemple.fr/a?b=1&c=2", "https://exemple.fr/" + "x" * 200]),
    facts=WORDS,
    deadline=TEXT,
    verb=TEXT,
    badge=TEXT,
    change=TEXT,
    reasons=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    sources=WORDS,
    published=TEXT,
    extract=TEXT,
    language=st.sampled_from(["", "EN"]),
    eligibility=st.sampled_from(["", "éligible", "à vérifier"]),
    eligibility_note=TEXT,
    recall=TEXT,
    star=st.booleans(),
)
SECTIONS = st.builds(
    Section,
    kind=st.sampled_from(["seize", "deadlines", "understand", "network"]),
    title=TEXT,
    lines=st.lists(LINES, max_size=4).map(tuple),
)
BULLETINS = st.builds(
    lambda sections, organisation, subject, preheader: bulletin(
        sections=tuple(sections), organisation=organisation, subject=subject, preheader=preheader
    ),
    st.lists(SECTIONS, max_size=3), TEXT, TEXT, TEXT,
)  # fmt: skip


def test_the_shipped_templates_are_cut():
    assert isinstance(SHARED, PieceRenderer)


@settings(max_examples=60, deadline=None)
@given(BULLETINS, st.integers(0, 90), st.booleans())
def test_pieces_give_the_same_bytes_as_the_whole(shown: Bulletin, length: int, opinions: bool):
    own = ItemLinks(f"https://v.example.fr/m/avis/{'k' * length}." if opinions else "")
    links = replace(LINKS, opinions=own, unsubscribe=LINKS.unsubscribe + "u" * length)
    one = replace(page(shown), links=links)
    encoded, whole = SHARED.encode(one), encode_whole(SHARED.render(one))
    assert encoded == whole
    assert encoded.html_size == whole.html_size
    assert SHARED.problems(one, encoded) == LocalRenderer(COMPILED).problems(one, whole)


def test_another_readers_links_never_show():
    for reader in "abc":
        links = replace(LINKS, unsubscribe=f"https://v.example.fr/m/desinscription/{reader * 30}")
        text = quopri.decodestring(b"".join(SHARED.encode(replace(page(full()), links=links)).body.text)).decode()
        assert re.findall(r"desinscription/(\w+)", text) == [reader * 30]


def test_a_link_that_an_encoding_changes_is_drawn_whole():
    links = replace(LINKS, preferences="https://v.example.fr/préférences?a=1&b=é")
    one = replace(page(), links=links)
    assert SHARED.encode(one) == encode_whole(SHARED.render(one))


def test_lines_encode_one_by_one():
    parts = ["Été\n", "\n", "=" * 100 + "\n", ".\n", "fin"]
    assert b"".join(map(quoted_printable, parts)) == quoted_printable("".join(parts))


@pytest.mark.parametrize(
    "source",
    [
        "{{ bulletin.subject }}",
        "a\n{# loop #}\n{% for s in bulletin.sections %}\n{# piece #}\nb\n",
        "{# loop #}\n{% for section in bulletin.sections %}\n{# loop #}\n{% endfor %}\n",
    ],
)
def test_a_template_that_loops_in_another_way_is_left_whole(source: str):
    assert type(renderer_for(replace(COMPILED, text=source))) is LocalRenderer


@pytest.mark.parametrize("source", ["{# loop #}\n{% for line in section.lines %}\n", "{# loop #}\n{% endfor %}\n", "a"])
def test_a_loop_without_an_end_is_not_cut(source: str):
    assert cut(source) is None


def test_a_mistake_in_a_piece_names_template_and_line():
    broken = COMPILED.html.replace("{{ section.title }}", "{{ section.titel }}")
    sources = {
        name: text.replace("{{ section.title }}", "{{ section.titel }}") for name, text in COMPILED.sources.items()
    }
    renderer = renderer_for(replace(COMPILED, html=broken, sources=sources))
    with pytest.raises(TemplateError) as told:
        renderer.encode(page(full()))
    assert told.value.template == "_base/body.html.jinja"
    assert told.value.line
