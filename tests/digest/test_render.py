import itertools
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.bad_inputs import cases
from tests.digest.builders import bulletin, hebdo
from veille.config.digests import HTML, SUBJECT, TEXT, Definition
from veille.digest.rendering.context import Frame, ItemLinks, Links, Page
from veille.digest.rendering.encoding import encode_whole
from veille.digest.rendering.inspecting import heavy, problems
from veille.digest.rendering.render import ChildRenderer, renderer_for
from veille.digest.rendering.sandbox import Rendered, TemplateRenderer
from veille.digest.rendering.templates import compile_templates, inline, inline_page
from veille.errors import TemplateError
from veille.model import Bulletin

LINKS = Links(
    unsubscribe="https://v.example.fr/m/desinscription/t",
    preferences="https://v.example.fr/m/preferences/t",
    bulletin="https://v.example.fr/m/bulletin/t",
    calendar="https://v.example.fr/m/agenda/t.ics",
    opinions=ItemLinks("https://v.example.fr/m/avis/"),
)


def page(shown: Bulletin | None = None, **frame: str) -> Page:
    values = {
        "title": "La veille de la semaine",
        "day": "vendredi 27 novembre 2026",
        "cluster": "Pôle Nutrition & Santé",
        "postal_address": "12 rue des Puys, 63000 Clermont-Ferrand",
        "contact": "veille@pole.example.fr",
        **frame,
    }
    return Page(bulletin=shown or bulletin(), frame=Frame(**values), links=LINKS)


def drawn(shown: Bulletin | None = None, **frame: str) -> Rendered:
    return TemplateRenderer(compile_templates(hebdo())).render(page(shown, **frame))


def staff(html: str = "", *, subject: str = "Objet", text: str = "Texte") -> Definition:
    """A definition whose templates an instance wrote."""
    html = html or '<html lang="fr"><body><p>{{ bulletin.organisation }}</p></body></html>'
    sources = {f"hebdo/{SUBJECT}": subject, f"hebdo/{TEXT}": text, f"hebdo/{HTML}": html}
    return replace(hebdo(), sources=sources, trusted=False)


class _Shown(HTMLParser):
    """Elements in order, visible text, inline colour pairs."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.pairs: set[tuple[str, str]] = set()
        self.layout: list[dict[str, str | None]] = []
        self._stack: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        if tag == "table":
            self.layout.append(values)
        if tag in {"meta", "br", "img"}:
            return
        style = values.get("style") or ""
        above = self._stack[-1] if self._stack else ("", "#000000", "#ffffff")
        ink = re.search(r"(?<![-\w])color:\s*(#[0-9a-f]{6})", style)
        back = re.search(r"background-color:\s*(#[0-9a-f]{6})", style)
        self._stack.append((tag, ink[1] if ink else above[1], back[1] if back else above[2]))

    def handle_endtag(self, tag: str) -> None:
        while self._stack and self._stack[-1][0] != tag:
            self._stack.pop()
        if self._stack:
            self._stack.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._stack and not any(one[0] in {"style", "title"} for one in self._stack):
            self.pairs.add(self._stack[-1][1:])


def contrast(ink: str, back: str) -> float:
    """WCAG 2.1 contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(ink), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def full() -> Bulletin:
    """Every kind of line at once."""
    lines = bulletin(lines=4).lines
    made = (
        replace(
            lines[0], change="échéance reportée du 15 décembre au 15 janvier", eligibility="éligible", language="EN"
        ),
        replace(lines[1], eligibility="à vérifier", eligibility_note="votre taille ?", extract="Un extrait …"),
        replace(lines[2], url=None, recall="déjà vu le 23 octobre", published="20 nov. 2026"),
        replace(lines[3], facts=(), deadline="", badge="", verb=""),
    )
    sections = tuple(
        replace(bulletin().sections[0], kind=kind, title=kind, lines=made)
        for kind in ("seize", "deadlines", "understand", "network", "window")
    )
    return bulletin(sections=sections)


def test_css_of_the_shipped_template_is_inlined_once_for_all():
    assert not compile_templates(hebdo()).late


def test_inlined_template_draws_what_the_plain_one_draws():
    compiled = compile_templates(hebdo())
    inlined = TemplateRenderer(compiled).render(page(full()))
    plain = replace(compiled, html=compiled.sources["_base/body.html.jinja"], late=True)
    late = TemplateRenderer(plain).render(page(full()))
    first, second = _Shown(), _Shown()
    first.feed(inlined.html)
    second.feed(late.html)
    assert first.tags == second.tags
    assert first.pairs == second.pairs


def test_nothing_forbids_the_shipped_rendering():
    assert problems(drawn(full())) == []


def test_every_link_of_the_html_is_in_the_text():
    shown = drawn(full())
    links = set(re.findall(r'href="([^"]+)"', shown.html))
    assert len(links) >= 6
    assert all(link.replace("&amp;", "&") in shown.text for link in links)


def test_a_date_to_be_checked_is_in_the_html_and_in_the_text():
    lines = bulletin(lines=2).lines
    doubtful = (
        replace(lines[0], deadline="jeudi 31 décembre (date à vérifier)"),
        replace(lines[1], deadline="", badge="", verb="", facts=("AAP", "date à vérifier")),
    )
    section = replace(bulletin().sections[0], kind="seize", lines=doubtful)
    shown = drawn(bulletin(sections=(section,)))
    assert all(part.count("date à vérifier") == 2 for part in (unescape(shown.html), shown.text))


def loaded(lines: int) -> Bulletin:
    """Lines that say all that a line may say, at the length that notices and staff have."""
    full_line = replace(
        bulletin().lines[0],
        title="Appel à projets : ingrédients, sûreté sanitaire et santé des aînés en région Auvergne-Rhône-Alpes",
        facts=("AAP", "Auvergne-Rhône-Alpes", "≤ 300 k€", "40 %", "≥ 2 partenaires"),
        extract="Soutien aux projets collaboratifs de recherche portés par deux entreprises et un laboratoire.",
        eligibility="à vérifier",
        eligibility_note="votre effectif ?",
        reasons=("votre besoin « sarcopénie » est dans l'appel", "même filière que vous"),
        sources=("Région Auvergne-Rhône-Alpes", "Aides-territoires"),
        published="20 nov. 2026",
        url="https://www.exemple.fr/appels-a-projets/ingredients-et-sante-2026?utm=veille",
    )
    made = tuple(replace(full_line, item_id=number, star=number < 3) for number in range(lines))
    return bulletin(sections=(replace(bulletin().sections[0], lines=made),))


def test_twelve_items_stay_far_below_the_clip():
    assert len(drawn(loaded(12), word="mot " * 60).html.encode()) < 45_000
    assert len(drawn(loaded(40), word="mot " * 60).html.encode()) < 80_000
    assert len(drawn(bulletin(lines=40)).text.encode()) < 25_000


def test_language_is_said_on_html_and_on_the_wrapper():
    assert re.search(r'<html lang="fr"', drawn().html)
    assert re.search(r'<div lang="fr"', drawn().html)


def test_first_visible_text_is_the_hidden_preheader():
    body = drawn().html.split("<body", 1)[1]
    text = re.sub(r"<[^>]+>", " ", unescape(body.split(">", 1)[1]))
    assert text.strip().startswith(bulletin().preheader)
    assert "display:none" in body.split("</div>", 1)[0]


def test_layout_tables_have_their_role():
    shown = _Shown()
    shown.feed(drawn(full()).html)
    assert shown.layout
    assert all(table.get("role") == "presentation" for table in shown.layout)


def test_headings_go_down_without_a_gap():
    levels = [int(level) for level in re.findall(r"<h(\d)", drawn(full()).html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_colours_contrast_in_light_mode():
    shown = _Shown()
    shown.feed(drawn(full(), notice="Sélection automatique, non relue").html)
    assert len(shown.pairs) >= 8
    assert {pair: round(contrast(*pair), 1) for pair in shown.pairs if contrast(*pair) < 4.5} == {}


def test_colours_contrast_in_dark_mode():
    dark = re.search(r"@media \(prefers-color-scheme: dark\) {(.*?)\n}", compile_templates(hebdo()).html, re.DOTALL)
    assert dark is not None
    rules = dict(re.findall(r"^([^{}\n]+) { ([^}]+) }$", dark[1], re.MULTILINE))
    inks = [re.search(r"(?<!-)\bcolor: (#[0-9a-f]{6})", rule) for rule in rules.values()]
    assert len(inks) >= 10
    for rule in rules.values():
        ink, back = (
            re.search(r"(?<![-\w])color: (#[0-9a-f]{6})", rule),
            re.search(r"background-color: (#[0-9a-f]{6})", rule),
        )
        backs = [back[1]] if back else ["#1b2326", "#1f302e"]
        assert all(contrast(ink[1], one) >= 4.5 for one in backs) if ink else True


def test_no_pure_white_or_black_that_inversion_breaks():
    assert not re.search(r"#(fff|000)(fff|000)?\b", drawn(full()).html)


def test_hostile_title_is_shown_not_obeyed():
    evil = '<script>alert(1)</script><img src=x onerror=1>{{ 7*7 }}" style="x'
    line = replace(bulletin().lines[0], title=evil)
    shown = drawn(bulletin(sections=(replace(bulletin().sections[0], lines=(line,)),)))
    assert "<script" not in shown.html
    assert "<img" not in shown.html
    assert "49" not in shown.html.split("<body", 1)[1].split("Titre", 1)[0].replace("490", "")
    assert problems(shown) == []


def test_remote_image_and_lost_link_are_named():
    html = '<html lang="fr"><body><img src="https://x.y/p.gif"><a href="https://x.y/a">a</a></body></html>'
    found = " ".join(problems(Rendered("s", "t", html)))
    assert "https://x.y/p.gif" in found
    assert "https://x.y/a" in found


def test_page_over_the_clip_is_too_big():
    assert encode_whole(Rendered("s", "t", "é" * 47_501)).too_big
    assert not encode_whole(Rendered("s", "t", "é" * 47_500)).too_big


def test_staff_are_told_of_a_page_that_nears_the_clip():
    assert heavy(79_999) == ""
    assert "80 ko de HTML" in heavy(80_000)


#: Without <tbody>, the HTML5 parser moves the loop.
LOOSE = """<html lang="fr"><head><style>p{color:#123456}</style></head><body><table>{% for l in bulletin.lines %}
<tr><td><p>{{ l.title }}</p></td></tr>{% endfor %}</table></body></html>"""
CHOSEN = """<html lang="fr"><head><style>.a{color:#123456}</style></head>
<body><p class="{{ 'a' }}">1</p><p class="a">2</p></body></html>"""


@pytest.mark.parametrize("html", [LOOSE, CHOSEN, '{% extends "x" %}', "<p>fragment</p>"])
def test_template_that_cannot_be_inlined_beforehand_is_inlined_later(html: str) -> None:
    assert inline(html) == (html, True)


@pytest.mark.parametrize("html", [LOOSE, CHOSEN])
def test_late_inlining_still_inlines(html: str) -> None:
    shown = TemplateRenderer(compile_templates(staff(html))).render(page())
    assert shown.html.count("color:#123456") == 2


def test_media_queries_stay_once():
    kept = '<style data-css-inline="keep">@media print{a{color:blue}}</style>'
    page_ = f"<html><head><style>a{{color:red}}</style>{kept}</head></html>"
    assert inline_page(page_).count("@media") == 1


@pytest.mark.parametrize(
    ("html", "line", "words"),
    [
        ("<html lang='fr'>\n<p>{{ bulletin.nom }}</p></html>", 2, "nom inconnu"),
        ("<html lang='fr'>\n\n{% for x in %}</html>", 3, "syntaxe"),
        ("<html lang='fr'>\n{{ 1 // 0 }}</html>", 2, "ZeroDivisionError"),
        ("<html lang='fr'>\n\n\n{{ bulletin.lines[999].title }}</html>", 4, "nom inconnu"),
    ],
)
def test_template_error_names_template_and_line(html: str, line: int, words: str):
    renderer = TemplateRenderer(compile_templates(staff(html)))
    with pytest.raises(TemplateError) as caught:
        renderer.render(page())
    assert (caught.value.template, caught.value.line) == (f"hebdo/{HTML}", line)
    assert words in caught.value.message


def test_error_inside_an_include_names_the_included_file():
    asking = '{% include "_base/pied.txt.jinja" %}'
    sources = {**staff().sources, f"hebdo/{TEXT}": asking, "_base/pied.txt.jinja": "a\n{{ b }}"}
    renderer = TemplateRenderer(compile_templates(replace(staff(), sources=sources)))
    with pytest.raises(TemplateError) as caught:
        renderer.render(page())
    assert (caught.value.template, caught.value.line) == ("_base/pied.txt.jinja", 2)


def test_missing_include_names_who_asks():
    with pytest.raises(TemplateError) as caught:
        compile_templates(staff('<html>\n{% include "_base/rien.jinja" %}</html>'))
    assert (caught.value.template, caught.value.line) == (f"hebdo/{HTML}", 2)


def test_child_draws_what_the_parent_draws():
    compiled = compile_templates(hebdo())
    child = renderer_for(replace(compiled, trusted=False))
    assert isinstance(child, ChildRenderer)
    try:
        assert child.render(page(full())) == TemplateRenderer(compiled).render(page(full()))
    finally:
        child.close()


def test_child_has_neither_environment_nor_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VEILLE_MAIL_URL", "smtp://u:secret@h")
    child = ChildRenderer(compile_templates(staff(text="{{ environ }}")))
    try:
        with pytest.raises(TemplateError, match="nom inconnu"):
            child.render(page())
    finally:
        child.close()


@pytest.mark.parametrize("case", cases("config", classes={"template"}))
@pytest.mark.parametrize("part", ["text", "html"])
def test_hostile_template_is_stopped(case: dict[str, str], part: str):
    hostile = case["input"]
    html = f'<html lang="fr"><body>{hostile}</body></html>' if part == "html" else ""
    try:
        child = ChildRenderer(compile_templates(staff(html, text=hostile if part == "text" else "Texte")))
    except TemplateError:
        return
    try:
        shown = child.render(page())
    except TemplateError:
        return
    finally:
        child.close()
    assert not re.search(
        r"<(class|built-in|function|module|jinja|Context)\b|object at 0x|root:", shown.text + shown.html
    )


def test_endless_template_is_stopped_by_its_processor_limit():
    endless = "{% for n in range(1000) %}" * 3 + "{% endfor %}" * 3
    child = ChildRenderer(compile_templates(staff(text=endless)), seconds=1)
    try:
        with pytest.raises(TemplateError, match="temps de calcul"):
            child.render(page())
    finally:
        child.close()
