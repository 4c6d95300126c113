"""What a shape is, and the invented entries that fill it."""

# ruff: noqa: E501 - markup as sites write it

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from veille.text import fold


@dataclass(frozen=True)
class Entry:
    """What a person would collect of one entry; the link is a path of the page's site, or a whole address."""

    title: str
    link: str
    date: dt.date | None = None
    deadline: dt.date | None = None


@dataclass(frozen=True)
class Shape:
    """One listing page."""

    name: str
    url: str
    html: str
    entries: tuple[Entry, ...]
    #: Path and query of the next page, None where there is none.
    next: str | None = None


@dataclass(frozen=True)
class Thing:
    """An invented call, news item or event."""

    number: int
    title: str
    slug: str
    lead: str
    published: dt.date
    until: dt.date


_WORDS = re.compile(r"[a-z]{3,}")
_TITLES = (
    (
        "Transition énergétique des bâtiments tertiaires",
        "Isolation, pilotage et chaleur renouvelable dans les bureaux et commerces.",
    ),
    (
        "Bois construction : démonstrateurs 2026",
        "Soutenir des ouvrages exemplaires en bois local, de la conception au chantier.",
    ),
    ("Compétences et métiers d’avenir", "Adapter l’appareil de formation aux besoins des filières industrielles."),
    (
        "Soutien à l’export des PME agroalimentaires",
        "Salons, prospection et première implantation sur un nouveau marché.",
    ),
    ("Économie circulaire et réemploi", "Réduire les déchets à la source et allonger la durée de vie des produits."),
    (
        "Hydrogène bas-carbone dans les territoires",
        "Écosystèmes de production et d’usages, mobilité lourde et industrie.",
    ),
    ("Numérique responsable en milieu rural", "Tiers-lieux, médiation et services publics accessibles à tous."),
    ("Santé : innovation et prévention", "Dispositifs médicaux, données de santé et parcours de soins."),
    ("Patrimoine et savoir-faire d’excellence", "Transmettre les gestes des métiers d’art et moderniser les ateliers."),
    ("Eau : sobriété des usages industriels", "Mesurer, recycler et réduire les prélèvements des sites de production."),
    ("Mobilités douces pour les salariés", "Plans de mobilité, flottes partagées et stationnement des vélos."),
    (
        "Jeunes entreprises de recherche partenariale",
        "Faire naître des projets communs entre laboratoires et jeunes pousses.",
    ),
)
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def things(count: int = 10, *, first: int = 1) -> list[Thing]:
    """Return invented things, each different, newest first."""
    made = []
    for number in range(first, first + count):
        title, lead = _TITLES[(number - 1) % len(_TITLES)]
        title = title if number <= len(_TITLES) else f"{title}, vague {number // len(_TITLES) + 1}"
        day = 1 + (number * 7) % 27
        made.append(
            Thing(
                number=number,
                title=title,
                slug=f"dispositif-{number}-{'-'.join(_WORDS.findall(fold(title))[:3])}",
                lead=lead,
                published=dt.date(2026, 11 - (number % 5), day),
                until=dt.date(2027, 1 + number % 6, 1 + (number * 5) % 27),
            )
        )
    return made


def long(day: dt.date) -> str:
    """Write « 3 février 2026 », « 1er mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def short(day: dt.date, between: str = "/") -> str:
    """Write « 03/02/2026 »."""
    return day.strftime(between.join(("%d", "%m", "%Y")))


def month(day: dt.date) -> str:
    """Name the month."""
    return _MONTHS[day.month - 1]


def each(found: Sequence[Thing], write: Callable[[Thing], str], between: str = "\n") -> str:
    """Write every thing."""
    return between.join(write(one) for one in found)


def expected(
    found: Sequence[Thing], link: Callable[[Thing], str], *, dated: bool = False, until: bool = False
) -> tuple[Entry, ...]:
    """Say what a person would collect of these things."""
    return tuple(
        Entry(one.title, link(one), one.published if dated else None, one.until if until else None) for one in found
    )


MENU = """<ul class="menu nav"><li><a href="/">Accueil</a></li><li><a href="/la-region">La Région et ses élus</a></li>
<li><a href="/aides">Toutes les aides de la collectivité</a></li><li><a href="/actualites">Actualités du territoire</a></li>
<li><a href="/agenda">Agenda des rendez-vous publics</a></li><li><a href="/contact">Nous contacter par courriel</a></li></ul>"""
FOOT = """<ul><li><a href="/mentions-legales">Mentions légales et crédits</a></li><li><a href="/accessibilite">Accessibilité : non conforme</a></li>
<li><a href="/donnees-personnelles">Données personnelles et cookies</a></li><li><a href="/plan-du-site">Plan du site internet</a></li>
<li><a href="https://www.linkedin.com/company/exemple">Suivez-nous sur LinkedIn</a></li></ul>"""


def page(
    body: str,
    *,
    title: str = "Appels à projets",
    head: str = "",
    before: str = "",
    after: str = "",
    attributes: str = "",
) -> str:
    """Put a list into a whole page with its menus and its foot."""
    return f"""<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>{title} | Région Exemple</title>{head}</head>
<body {attributes}>
<header role="banner"><a href="/" class="logo">Région Exemple</a><nav role="navigation">{MENU}</nav></header>
{before}{body}{after}
<footer role="contentinfo">{FOOT}</footer>
</body></html>"""
