"""A page without a list: one item a real change, none for what moves by itself, comes back, or is an outage."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from veille.config.source_kinds import WatchOptions
from veille.config.sources import load_sources
from veille.crawl.kinds import Background
from veille.crawl.recipes import check_recipes
from veille.crawl.watch.memory import Memory
from veille.crawl.watch.noise import daily, mark
from veille.crawl.watch.reader import read_watch
from veille.errors import ConfigError, ParseError
from veille.model import ParsedEntry, ParsedFeed, Source

URL = "https://organisme.exemple/dispositif"
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINES = (
    "Le dispositif Four économe aide les artisans boulangers à remplacer leur four.",
    "L'aide couvre 40 % des dépenses, dans la limite de 5 000 € par entreprise.",
    "Peuvent candidater les entreprises de moins de dix salariés.",
    "Les dossiers sont étudiés par un comité qui se réunit chaque trimestre.",
    "Prochaine date limite : 15 mars 2027.",
    "Contact : la direction de l'économie.",
)


def page(lines: Sequence[str] = LINES, around: str = "", head: str = "") -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    filler = "<p>" + "Ce texte long et stable décrit le dispositif, ses objectifs et son histoire. " * 25 + "</p>"
    shown = f"<main><h1>Four</h1>{body}{filler}</main>"
    return f"<html><head><title>Four</title>{head}</head><body>{around}{shown}</body></html>".encode()


@dataclass
class Watch:
    """A source visited again and again."""

    options: dict[str, Any] = field(default_factory=dict)
    now: datetime = START
    memory: Any = None

    def visit(self, body: bytes, after: timedelta = HOUR) -> ParsedFeed:
        self.now += after
        source = Source(id="w", title="W", kind="watch", url=URL, options=self.options)
        told = Background(memory=self.memory, now=self.now)
        read = read_watch(body, "text/html; charset=utf-8", URL, source, told)
        self.memory = json.loads(json.dumps(read.memory))
        return read

    def see(self, lines: Sequence[str], after: timedelta = HOUR) -> tuple[ParsedEntry, ...]:
        return self.visit(page(lines), after).entries


def edited(place: int, line: str) -> list[str]:
    return [*LINES[:place], line, *LINES[place + 1 :]]


def started(**options: Any) -> Watch:
    watch = Watch(options)
    assert watch.see(LINES) == ()
    return watch


# ── what is told ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_first_visit_is_where_it_starts_from() -> None:
    read = Watch().visit(page())
    assert read.entries == ()
    assert read.sentence == "page lue, 8 lignes : état de départ enregistré"
    assert not read.again
    assert read.title == "Four"


def test_an_added_passage_is_one_item_whose_text_it_is() -> None:
    watch = started()
    read = watch.visit(page([*LINES, "Une session exceptionnelle est ouverte aux boulangers de Bretagne."]))
    (entry,) = read.entries
    assert entry.title == "Ajouté : « Une session exceptionnelle est ouverte aux boulangers de Bretagne. »"
    assert entry.text == "Une session exceptionnelle est ouverte aux boulangers de Bretagne."
    assert (entry.link, entry.published) == (URL, watch.now)
    assert read.sentence == "page lue, 9 lignes : un changement"
    assert read.page_changes[0].added == (entry.text,)
    assert watch.see([*LINES, entry.text]) == ()


def test_an_edited_figure_says_both_and_keeps_what_was_removed() -> None:
    read = started().visit(page(edited(4, "Prochaine date limite : 16 mars 2027.")))
    (entry,) = read.entries
    assert entry.title == "Modifié : « Prochaine date limite : 16 mars 2027. » (au lieu de « 15 mars 2027 »)"
    assert entry.text == "Prochaine date limite : 16 mars 2027."
    assert read.page_changes[0].removed == ("Prochaine date limite : 15 mars 2027.",)


def test_an_edit_in_a_long_paragraph_quotes_what_changed() -> None:
    watch = Watch()
    long = (
        "Le règlement prévoit de nombreuses dispositions. " * 4
        + "Le taux est de {} % des dépenses éligibles. "
        + "Fin. " * 9
    )
    watch.see([*LINES, long.format(40)])
    (entry,) = watch.see([*LINES, long.format(50)])
    assert entry.title == "Modifié : « … Le taux est de 50 % des dépenses éligibles. … » (au lieu de « 40 % des »)"


def test_a_removed_passage_is_named_and_its_text_is_not_news() -> None:
    read = started().visit(page([line for line in LINES if "comité" not in line]))
    (entry,) = read.entries
    assert entry.title == "Retiré : « Les dossiers sont étudiés par un comité qui se réunit chaque trimestre. »"
    assert entry.text == ""
    assert len(read.page_changes[0].removed) == 1


def test_several_changes_of_one_visit_are_one_item() -> None:
    lines = [
        *edited(1, "L'aide couvre 50 % des dépenses, dans la limite de 9 000 € par entreprise."),
        "Nouveau : un guide.",
    ]
    (entry,) = started().see(lines)
    assert entry.title == "Ajouté : « Nouveau : un guide. » (et 1 autre changement)"
    assert entry.text.split("\n") == [lines[1], lines[-1]]


def test_two_changes_are_two_items() -> None:
    watch = started()
    (first,) = watch.see([*LINES, "Une première nouveauté intéressante."])
    (second,) = watch.see([*LINES, "Une première nouveauté intéressante.", "Une seconde nouveauté intéressante."], DAY)
    assert first.guid != second.guid
    assert "seconde" in second.title


# ── what is not told ────────────────────────────────────────────────────────────────────────────────────────────────
QUIET = [
    ("Mis à jour il y a 3 heures", "Mis à jour il y a 2 jours"),
    ("Publié il y a 5 minutes", "Publié il y a 1 heure et 5 minutes"),
    ("Last updated 3 days ago", "Last updated 4 days ago"),
    ("Clôture dans 12 jours", "Clôture dans 11 jours"),
    ("J-12", "J-11"),
    ("Plus que 5 jours pour candidater", "Plus que 4 jours pour candidater"),
    ("Il reste 2 heures", "Il reste 1 heure"),
    ("1 245 vues", "1 300 vues"),
    ("Vues : 1245", "Vues : 1246"),
    ("Consulté 12 fois", "Consulté 15 fois"),
    ("3 commentaires", "14 commentaires"),
    ("12 personnes en ligne, 5 connectés", "12 personnes en ligne, 6 connectés"),
    ("© 2025 Organisme", "© 2026 Organisme"),
    ("Copyright 2019-2025. Tous droits réservés", "Copyright 2019-2026. Tous droits réservés"),
    ("Session : a8f3k2m9q1", "Session : z7c1b5n3x0"),
    ("Référence technique 9f86d081884c7d659a2feaa0c55ad015", "Référence technique a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("Ray ID: 7d0a1b2c3d4e5f60", "Ray ID: 8e1b2c3d4e5f6071"),
    ("Page générée en 0,213 s", "Page générée en 0,118 s"),
    ("14:05:22", "16:41:07"),
    ("L'aide  « Four »  :  ouverte", 'L’aide "Four": ouverte'),
    ("Plafond : 15000 €", "Plafond : 15 000 €"),
    ("OUVERT À TOUS", "Ouvert à tous"),
    ("Les artisan boulangers", "Les artisans boulangers"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), QUIET, ids=[one for one, _ in QUIET])
def test_what_moves_by_itself_is_no_change(before: str, after: str) -> None:
    watch = Watch()
    watch.see([*LINES, before])
    read = watch.visit(page([*LINES, after]), DAY)
    assert read.entries == ()
    assert read.sentence.endswith("aucun changement")


LOUD = [
    ("Versement dans 30 jours", "Versement dans 60 jours"),
    ("Date limite : 22 novembre 2026", "Date limite : 23 novembre 2026"),
    ("Montant : 10 000 €", "Montant : 12 000 €"),
    ("Taux : 40 %", "Taux : 45 %"),
    ("Candidatures fermées", "Candidatures ouvertes"),
    ("Référence 2026-AAP-114", "Référence 2026-AAP-115"),
]


@pytest.mark.parametrize(("before", "after"), LOUD, ids=[one for one, _ in LOUD])
def test_a_figure_or_a_word_that_means_something_is_a_change(before: str, after: str) -> None:
    watch = Watch(now=datetime(2026, 9, 1, tzinfo=UTC))
    watch.see([*LINES, before])
    assert len(watch.see([*LINES, after], 9 * DAY)) == 1


@pytest.mark.parametrize("form", [
    "Nous sommes le {0:%d/%m/%Y}", "Bulletin du {0.day} novembre 2026, 14 h 05", "Dimanche {0.day} novembre",
    "November {0.day}, 2026 at 14:05", "{0:%Y-%m-%d}", "{0.day} nov. 2026",
])  # fmt: skip
def test_the_date_of_the_day_is_no_change_and_a_date_that_stays_is_none_either(form: str) -> None:
    watch = Watch()
    for day in range(4):
        today = (START + day * DAY).date()
        assert watch.see([*LINES, form.format(today), "Date limite : 22 novembre 2026"], DAY if day else HOUR) == ()


def test_yesterdays_date_of_a_page_kept_by_a_server_is_no_change() -> None:
    watch = Watch()
    watch.see([*LINES, "Nous sommes le 21/11/2026"])
    assert watch.see([*LINES, "Nous sommes le 23/11/2026"], DAY) == ()


def test_a_shuffled_list_is_no_change() -> None:
    assert started().see(LINES[::-1]) == ()


def test_a_line_said_once_more_is_a_change_and_said_twice_as_before_is_none() -> None:
    watch = Watch()
    watch.see([*LINES, "Guide", "Guide"])
    assert watch.see(["Guide", *LINES, "Guide"]) == ()
    assert len(watch.see([*LINES, "Guide", "Guide", "Guide"])) == 1


def test_menus_consent_windows_forms_scripts_and_advertisements_are_not_the_page() -> None:
    around = (
        "<nav>Accueil {0}</nav><div id='tarteaucitronRoot'>Nous utilisons {0} traceurs</div>"
        "<form><input type=hidden name=csrf value={0}><label>Jeton {0}</label></form><script>var nonce='{0}'</script>"
        "<aside class='ads'>Pub {0}</aside><footer>Version {0}</footer><div class='post-countdown'>{0}</div>"
        "<noscript>{0}</noscript><style>.a{{top:{0}px}}</style>"
    )
    watch = Watch()
    watch.visit(page(around=around.format(1)))
    assert watch.visit(page(around=around.format(2))).entries == ()


def test_a_small_change_is_what_the_source_says_it_is() -> None:
    words = edited(5, "Contact : la direction des économies.")
    assert len(started(min_change=1).see(words)) == 1
    assert started(min_change=8).see(words) == ()
    assert started(min_change=10_000).see([*LINES, "Une phrase entière."]) == ()


# ── the part that is watched ────────────────────────────────────────────────────────────────────────────────────────
PARTS = "<html><body><p>{0} bruit</p><div id=a><p>Texte suivi {1}</p><span class=x>{0}</span></div></body></html>"


@pytest.mark.parametrize("select", ["#a", "xpath:.//div[@id='a']", "div, #a p"])
def test_only_the_part_that_is_selected_is_watched(select: str) -> None:
    watch = Watch({"select": select, "ignore": [".x"]})
    watch.visit(PARTS.format(1, "un").encode())
    assert watch.visit(PARTS.format(2, "un").encode()).entries == ()
    assert len(watch.visit(PARTS.format(2, "deux").encode()).entries) == 1


def test_a_part_that_is_gone_or_empty_says_so() -> None:
    watch = Watch({"select": "#b"})
    with pytest.raises(ParseError, match="« #b » n'est pas ou plus dans la page"):
        watch.visit(PARTS.format(1, "un").encode())
    with pytest.raises(ParseError, match="aucun texte"):
        Watch({"select": "#e"}).visit(b"<html><body><div id=e> </div><p>Autre</p></body></html>")
    with pytest.raises(ParseError, match="illisible"):
        Watch({"select": "a[["}).visit(page())


# ── what flips ──────────────────────────────────────────────────────────────────────────────────────────────────────
EXTRA = "Une information qui va et vient sur cette page."


def test_a_value_that_flips_back_and_forth_is_one_item() -> None:
    watch = started()
    guids = set()
    for turn in range(20):
        shown = [*LINES, EXTRA] if turn % 2 == 0 else LINES
        guids |= {entry.guid for entry in watch.see(shown, 6 * HOUR)}
    assert len(guids) == 1


def test_once_it_settles_the_item_says_how_it_ended() -> None:
    watch = started()
    (told,) = watch.see([*LINES, EXTRA])
    back = watch.visit(page(LINES), 2 * HOUR)
    assert back.entries == ()
    assert back.again, "it must be looked at again though it does not change"
    assert watch.see(LINES, 6 * HOUR) == ()
    (again,) = watch.see(LINES, DAY)
    assert again.guid == told.guid
    assert again.title == f"{told.title} (annulé depuis)"
    assert again.text == told.text
    assert again.published == told.published
    assert not watch.visit(page(LINES), DAY).again


def test_what_settles_as_it_was_told_is_not_told_again() -> None:
    watch = started()
    watch.see([*LINES, EXTRA])
    watch.see(LINES, HOUR)
    watch.see([*LINES, EXTRA], HOUR)
    assert watch.see([*LINES, EXTRA], 2 * DAY) == ()


def test_a_deadline_put_off_and_back_is_one_item_and_the_next_one_another() -> None:
    watch = started()
    (first,) = watch.see(edited(4, "Prochaine date limite : 30 avril 2027."))
    assert watch.see(LINES, HOUR) == ()
    (second,) = watch.see(edited(4, "Prochaine date limite : 31 mai 2027."), HOUR)
    assert second.guid != first.guid
    assert second.text == "Prochaine date limite : 31 mai 2027."


def test_what_comes_back_after_a_month_is_news() -> None:
    watch = started()
    (first,) = watch.see([*LINES, EXTRA])
    watch.see(LINES, HOUR)
    watch.see(LINES, 2 * DAY)
    (later,) = watch.see([*LINES, EXTRA], 40 * DAY)
    assert later.guid != first.guid


def test_a_quotation_that_turns_among_many_is_told_at_most_once_each() -> None:
    watch = started()
    told = []
    for turn in range(120):
        told += watch.see([*LINES, f"Témoignage numéro {'abcde'[turn % 5] * 3} d'un boulanger content."], 5 * HOUR)
    assert len({entry.guid for entry in told}) <= 5


# ── what is not the page ────────────────────────────────────────────────────────────────────────────────────────────
MAINTENANCE = (
    "<html><head><title>Site</title></head><body><h1>Site en maintenance</h1><p>Revenez plus tard.</p></body></html>"
)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (MAINTENANCE, "maintenance"),
        ("<html><title>404 Not Found</title><body>Page introuvable</body></html>", "page introuvable"),
        ("<html><title>X</title><body><div id=root></div><script src=a.js></script></body></html>", "JavaScript"),
        ("<html><body><form><input type=password></form>Connexion</body></html>", "se connecter"),
        ("<html><head><title>Just a moment...</title></head><body></body></html>", "Cloudflare"),
        ("<html><body></body></html>", "aucun texte"),
        ("", "vide"),
    ],
)
def test_a_page_that_stands_in_its_place_is_a_state_and_no_change(body: str, cause: str) -> None:
    watch = started()
    with pytest.raises(ParseError, match=cause):
        watch.visit(body.encode())
    assert watch.see(LINES) == ()
    with pytest.raises(ParseError, match=cause):
        Watch().visit(body.encode())


def test_a_small_page_with_a_login_beside_its_text_is_a_page() -> None:
    text = "".join(f"<p>{line}</p>" for line in LINES)
    body = f"<html><body><form>Adhérents<input type=password></form><main>{text}</main></body></html>"
    assert Watch().visit(body.encode()).entries == ()


OTHER = [f"Une page entièrement différente, ligne {'abcdefgh'[number]} sans rapport." for number in range(8)]


def other(lines: Sequence[str] = OTHER) -> bytes:
    return (
        "<html><body><main>"
        + "".join(f"<p>{line} {'Remplissage. ' * 30}</p>" for line in lines)
        + "</main></body></html>"
    ).encode()


def test_a_page_that_loses_its_lines_is_an_outage_until_it_is_seen_so_for_a_day() -> None:
    watch = started()
    watch.see(edited(0, "Une première modification du dispositif."), DAY)
    read = watch.visit(other(), DAY)
    assert read.entries == ()
    assert "panne ou refonte" in read.sentence
    assert read.again
    assert watch.see(edited(0, "Une première modification du dispositif.")) == (), "and then it is itself again"
    assert watch.visit(other(), HOUR).entries == ()
    assert watch.visit(other(), 10 * HOUR).entries == ()
    (entry,) = watch.visit(other(), 11 * HOUR).entries
    assert entry.title == "La page a été refaite"
    assert "ligne a" in entry.text
    assert watch.visit(other(), HOUR).entries == ()


def test_two_outages_that_are_not_alike_confirm_nothing() -> None:
    watch = started()
    watch.see([*LINES, EXTRA], DAY)
    for turn in range(8):
        lines = [f"Erreur {'abcdefgh'[turn] * 5} {'ijklmnop'[number] * 4} inattendue" for number in range(8)]
        assert watch.visit(other(lines), DAY).entries == ()


def test_an_outage_at_the_very_first_visit_tells_nothing_either() -> None:
    watch = Watch()
    watch.visit(other())
    read = watch.visit(page(), DAY)
    assert read.entries == ()
    assert read.sentence.endswith("nouvel état de départ")
    assert len(watch.see([*LINES, EXTRA], DAY)) == 1


# ── hostile pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_huge_or_deep_page_is_read_in_bounds() -> None:
    watch = Watch()
    many = "".join(f"<p>ligne numéro {number} du document</p>" for number in range(20_000))
    read = watch.visit(f"<html><body>{many}</body></html>".encode())
    assert read.listed == 5_000
    assert watch.visit(f"<html><body>{many}</body></html>".encode()).entries == ()
    deep = "<div>" * 3_000 + "fond" + "</div>" * 3_000
    with pytest.raises(ParseError, match="aucun texte"):
        Watch({"select": "body"}).visit(f"<html><body>{deep}</body></html>".encode())


def test_markup_written_as_text_stays_text() -> None:
    (entry,) = started().see([*LINES, "Le sigle &lt;b&gt; et l'esperluette &amp;amp; sont du texte"])
    assert entry.text == "Le sigle <b> et l'esperluette &amp; sont du texte"


def test_controls_and_bidirectional_marks_do_not_reach_the_title() -> None:
    (entry,) = started().see([*LINES, "Une ligne\u202e renversée\x07 bien longue"])
    assert entry.title == "Ajouté : « Une ligne renversée bien longue »"


def test_memory_is_json_and_comes_back_the_same() -> None:
    watch = started()
    watch.see([*LINES, EXTRA], DAY)
    watch.visit(other(), DAY)
    read = Memory.read_from(watch.memory)
    assert read is not None
    assert json.loads(json.dumps(read.written())) == watch.memory
    assert read.held is not None
    assert read.moves


def test_a_memory_of_another_form_is_none() -> None:
    watch = started()
    watch.memory = {**watch.memory, "form": 0}
    assert watch.visit(page([*LINES, EXTRA])).sentence.endswith("état de départ enregistré")


def test_what_is_remembered_of_a_page_that_changes_wholly_again_and_again_stays_in_bounds() -> None:
    watch = Watch()
    for turn in range(40):
        lines = [f"{'abcdefghij'[turn % 10] * 3}{turn} ligne {number} {'mot ' * 15}" for number in range(300)]
        watch.visit(other([*lines, *OTHER]), DAY)
    assert len(json.dumps(watch.memory)) < 2_500_000


def test_the_day_is_that_of_france() -> None:
    watch = Watch(now=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))
    watch.see([*LINES, "Nous sommes le 23/11/2026"])
    assert watch.see([*LINES, "Nous sommes le 24/11/2026"], DAY) == ()


def test_marks_say_what_two_lines_have_in_common() -> None:
    assert mark("© 2026") == "¤" or mark("© 2026") == ""
    assert mark("14:05") == ""
    assert mark("***") == ""
    assert daily("Texte", date(2026, 11, 22)) is None
    assert daily("Le 22/11/2026 à 14h05", date(2026, 11, 22)) == daily("Le 23/11/2026 à 9h10", date(2026, 11, 23))


@pytest.mark.parametrize(
    ("options", "key"), [({"select": "p["}, "options.select"), ({"ignore": [".a", "xpath:foo()"]}, "options.ignore")]
)
def test_a_selector_that_cannot_be_used_is_refused_before_any_visit(options: dict[str, Any], key: str) -> None:
    source = Source(id="w", title="W", kind="watch", url=URL, options=options, line=7, file="sources.yaml")
    with pytest.raises(ConfigError) as refused:
        check_recipes([source])
    assert (refused.value.key, refused.value.line) == (key, 7)


DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sources" / "watch.md"


def test_the_examples_of_the_documentation_can_be_loaded_and_name_every_option(tmp_path: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "sources.yaml").write_text(block, encoding="utf-8")
    loaded = load_sources(tmp_path / "sources.yaml").sources
    assert {source.kind for source in loaded} == {"watch"}
    check_recipes(loaded)
    assert {name for name in WatchOptions.model_fields if f"`{name}`" not in text} == set()


@pytest.mark.parametrize(
    "options", ["{select: ''}", "{ignore: ['']}", "{min_change: 0}", "{inconnu: 1}", "{ignore: '.a'}"]
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, options: str) -> None:
    line = f"{{id: w, title: W, kind: watch, url: 'https://a.exemple/', options: {options}}}"
    (tmp_path / "sources.yaml").write_text(f"version: 1\nsources:\n  - {line}", encoding="utf-8")
    with pytest.raises(ConfigError, match="options"):
        load_sources(tmp_path / "sources.yaml")
